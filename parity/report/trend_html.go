package report

import (
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-analyze/charts/chartdraw"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
)

// maxPageRuns is how many runs of a series the page lists; the charts have all of them.
const maxPageRuns = 200

// trendTemplate is parsed when it is first used.
var trendTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("trend.html.tmpl").Funcs(template.FuncMap{
		"clean": clean, "minute": minute, "limits": limits, "commit": shortCommit, "count": plural.Count, "remarks": remarks,
		"charts": charts, "latest": latest,
		"score": func(score *float64) string { return strconv.FormatFloat(*score, 'f', 2, 64) },
		"when":  func(f history.Track) string { when, _ := life(f); return when },
		"stood": func(f history.Track) string { _, stood := life(f); return stood },
		"lives": func(s history.Series, standing bool) []history.Track {
			return slices.DeleteFunc(slices.Clone(s.Findings), func(f history.Track) bool { return f.Standing != standing })
		},
		"last": func(runs []history.Point) history.Point { return runs[len(runs)-1] },
	}).ParseFS(pageFiles, "html/trend.html.tmpl"))
})

// TrendHTML writes trends as a page in one file, with charts that need neither a script nor the network.
func TrendHTML(w io.Writer, trends history.Trends, _ Style) error {
	css := template.CSS(pageFile("style.css") + pageFile("trend.css"))
	return trendTemplate().Execute(w, struct {
		history.Trends
		CSS    template.CSS
		Policy string
	}{trends, css, contentPolicy(css, "")})
}

// latest are the runs that a page lists, latest first.
func latest(runs []history.Point) []history.Point {
	runs = slices.Clone(runs[max(0, len(runs)-maxPageRuns):])
	slices.Reverse(runs)
	return runs
}

// chart is a drawing of one number over the runs.
type chart struct {
	Name string
	Last string // what it is now
	SVG  template.HTML
}

// charts draws the score, each dimension in which anything was judged, and the number of findings that fail.
func charts(s history.Series) ([]chart, error) {
	names, scores := lines(s.Runs)
	lowest := 1.0
	for _, row := range scores {
		for _, score := range row {
			if score != nil {
				lowest = min(lowest, *score)
			}
		}
	}
	bottom := float64(int(lowest*10)) / 10
	if bottom == 1 {
		bottom = 0.9
	}
	all := make([]chart, 0, len(names)+1)
	for i, name := range names {
		drawn, err := draw(s.Runs, scores[i], bottom, 1, 2)
		if err != nil {
			return nil, err
		}
		all = append(all, chart{name, lastOf(scores[i], 2), drawn})
	}
	var counts []*float64
	most := 1.0
	for _, r := range s.Runs {
		var n *float64
		if r.Score != nil {
			sum := float64(r.Summary.Error + r.Summary.Warning)
			n, most = &sum, max(most, sum)
		}
		counts = append(counts, n)
	}
	drawn, err := draw(s.Runs, counts, 0, most, 0)
	return append(all, chart{"errors and warnings", lastOf(counts, 0), drawn}), err
}

func lastOf(values []*float64, decimals int) string {
	for _, v := range slices.Backward(values) {
		if v != nil {
			return strconv.FormatFloat(*v, 'f', decimals, 64)
		}
	}
	return "–"
}

// draw draws values over the runs; nil ones are gaps. Colours are the page's, by classes: line, level, pass, fail, gap, axis.
func draw(runs []history.Point, values []*float64, bottom, top float64, decimals int) (template.HTML, error) {
	const width, height = 480, 170
	from, to := runs[0].At, runs[len(runs)-1].At
	if to.Sub(from) < time.Hour {
		from, to = from.Add(-time.Hour), to.Add(time.Hour)
	}
	// Lines between runs that follow each other, and a dot for each run, by its verdict.
	var segment chartdraw.TimeSeries
	var all []chartdraw.Series
	dots := map[string]*chartdraw.TimeSeries{}
	end := func() {
		if len(segment.XValues) > 1 {
			segment.Style = class("line", 2, 0)
			all = append(all, segment)
		}
		segment = chartdraw.TimeSeries{}
	}
	for i, v := range values {
		kind, y := string(runs[i].Verdict), bottom
		if v == nil {
			end()
			kind = "gap"
		} else {
			y = *v
			segment.XValues, segment.YValues = append(segment.XValues, runs[i].At), append(segment.YValues, y)
		}
		if dots[kind] == nil {
			dots[kind] = &chartdraw.TimeSeries{Style: class(kind, chartdraw.Disabled, 3)}
		}
		dots[kind].XValues, dots[kind].YValues = append(dots[kind].XValues, runs[i].At), append(dots[kind].YValues, y)
	}
	end()
	for _, kind := range []string{string(parity.Pass), string(parity.Fail), "gap"} {
		if dots[kind] != nil {
			all = append(all, *dots[kind])
		}
	}
	var days, levels []chartdraw.Tick
	for i := range 4 {
		at := from.Add(to.Sub(from) / 3 * time.Duration(i))
		days = append(days, chartdraw.Tick{Value: chartdraw.TimeToFloat64(at), Label: day(at)})
	}
	for _, y := range []float64{bottom, (bottom + top) / 2, top} {
		levels = append(levels, chartdraw.Tick{Value: y, Label: strconv.FormatFloat(y, 'f', decimals, 64)})
		// The library's own grid has styles of its own, which the page's policy forbids.
		all = append([]chartdraw.Series{chartdraw.TimeSeries{Style: class("level", 1, 0), XValues: []time.Time{from, to}, YValues: []float64{y, y}}}, all...)
	}
	hidden := chartdraw.Hidden()
	c := chartdraw.Chart{
		Width: width, Height: height, Series: all,
		Background:     chartdraw.Style{ClassName: "canvas", Padding: chartdraw.Box{Top: 12, Left: 12, Right: 16, Bottom: 8, IsSet: true}},
		Canvas:         chartdraw.Style{ClassName: "canvas"},
		XAxis:          chartdraw.XAxis{Style: class("axis", 1, 0), Ticks: days, GridMajorStyle: hidden, GridMinorStyle: hidden},
		YAxis:          chartdraw.YAxis{Style: class("axis", 1, 0), Ticks: levels, GridMajorStyle: hidden, GridMinorStyle: hidden, Zero: chartdraw.GridLine{Style: hidden}},
		YAxisSecondary: chartdraw.HideYAxis(),
	}
	var svg strings.Builder
	err := c.Render(chartdraw.SVG, &svg)
	return template.HTML(svg.String()), err // of our classes, numbers and days only
}

// class is a style whose colours the page gives. The library wants some colour, or draws nothing.
func class(name string, stroke, dot float64) chartdraw.Style {
	s := chartdraw.Style{ClassName: name, StrokeWidth: stroke, DotWidth: dot, StrokeColor: chartdraw.ColorBlack}
	if dot > 0 {
		s.DotColor = chartdraw.ColorBlack
	}
	return s
}
