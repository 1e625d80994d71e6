package parity

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// ParseRatio reads a scale: "1/4", "1:4", "0.25" or "25%".
func ParseRatio(s string) (float64, error) {
	bad := fmt.Errorf("%q is no scale; write it as 1/4, 0.25 or 25%%", s)
	text := strings.TrimSpace(s)
	num, den, isFraction := strings.Cut(strings.Replace(text, ":", "/", 1), "/")
	if !isFraction {
		den = "1"
		if p, ok := strings.CutSuffix(text, "%"); ok {
			num, den = p, "100"
		}
	}
	n, err1 := strconv.ParseFloat(strings.TrimSpace(num), 64)
	d, err2 := strconv.ParseFloat(strings.TrimSpace(den), 64)
	if err1 != nil || err2 != nil || d == 0 {
		return 0, bad
	}
	k := n / d
	if math.IsNaN(k) || math.IsInf(k, 0) || k <= 0 || k > 1000 {
		return 0, bad
	}
	return k, nil
}

// Expected is how many members a tier of p members has at scale k:
// max(m, round(k·p)) with m = min(p, minimum).
func Expected(p int, k float64, minimum int) int {
	return max(min(p, minimum), int(math.Round(k*float64(p))))
}

// weighted is one tier's ratio, weighted by its members in the baseline.
type weighted struct {
	ratio  float64
	weight int
}

// weightedMedian is the least ratio at which half of the weight is reached;
// 0 for none.
func weightedMedian(ws []weighted) float64 {
	sort.Slice(ws, func(i, j int) bool { return ws[i].ratio < ws[j].ratio })
	total := 0
	for _, w := range ws {
		total += w.weight
	}
	sum := 0
	for _, w := range ws {
		if sum += w.weight; 2*sum >= total {
			return w.ratio
		}
	}
	return 0
}

// RatioText writes a scale as people say it: "1/3", "1/1", "0.42"; "unknown"
// where it is 0.
func RatioText(k float64) string {
	if k <= 0 {
		return "unknown"
	}
	for d := 1; d <= 20; d++ {
		n := math.Round(k * float64(d))
		if n >= 1 && math.Abs(n/float64(d)-k) < 0.01*k {
			return fmt.Sprintf("%d/%d", int(n), d)
		}
	}
	return strconv.FormatFloat(round(k, 3), 'g', -1, 64)
}

func round(f float64, places int) float64 {
	p := math.Pow(10, float64(places))
	return math.Round(f*p) / p
}
