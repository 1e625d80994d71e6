package report_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/maquette/maquette/internal/browsertest"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

// attributes are those that a page may have, besides data-*. None of them runs or loads anything but what checkHTML
// looks at.
var attributes = []string{
	"aria-hidden", "aria-label", "aria-labelledby", "aria-live", "autocomplete", "charset", "checked", "class", "content", "focusable",
	"height", "hidden", "href", "http-equiv", "id", "lang", "name", "placeholder", "rel", "role", "scope", "spellcheck", "tabindex", "type",
	"value", "width",
}

// checkHTML holds a page against what it may contain, whatever the texts on it say.
func checkHTML(t testing.TB, data []byte) *html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(data))
	require.NoError(t, err)
	elements := map[string]int{}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.CommentNode:
			require.Fail(t, "a comment", n.Data)
		case html.TextNode:
			for _, x := range n.Data {
				require.True(t, x == '\n' || x == '\t' || unicode.IsGraphic(x) && !unicode.Is(unicode.Bidi_Control, x), "%U in %q", x, n.Data)
			}
		case html.ElementNode:
			elements[n.Data]++
			for _, a := range n.Attr {
				require.True(t, slices.Contains(attributes, a.Key) || strings.HasPrefix(a.Key, "data-"), "%s of %s", a.Key, n.Data)
				if a.Key == "href" {
					require.True(t, a.Val == "data:," || strings.HasPrefix(a.Val, "#"), a.Val)
				}
			}
		}
	}
	for _, once := range []string{"script", "style", "title", "h1", "main", "form", "link"} {
		require.LessOrEqual(t, elements[once], 1, once)
	}
	for _, element := range []string{"img", "iframe", "object", "embed", "base", "b\ufffd", "x"} {
		require.Zero(t, elements[element], element)
	}
	return doc
}

func TestHTMLLoadsNothing(t *testing.T) {
	for name, r := range reports(t) {
		data := render(t, "html", r, report.Style{})
		checkHTML(t, data)
		assert.Contains(t, string(data), `content="default-src &#39;none&#39;; style-src &#39;sha256-`, name)
		assert.NotRegexp(t, regexp.MustCompile(`https?:|url\(|@import`), string(data), name)
	}
}

// A page of very many findings is cut, its counts and its verdict are not.
func TestHTMLIsCut(t *testing.T) {
	r := many(t, 10_000)
	slices.Reverse(r.Findings)
	for i := range 1000 {
		r.Tiers = append(r.Tiers, parity.Tier{Name: fmt.Sprint("tier ", i), Status: "ok", Baseline: &parity.TierSide{Members: 1e9}, Candidate: &parity.TierSide{Members: 1e8}})
	}
	r.Tiers[len(r.Tiers)-1].Status = "one-box"
	data := render(t, "html", r, report.Style{})
	page := string(data)
	assert.Less(t, len(data), 6<<20)
	assert.Contains(t, page, "There are 10000 findings. The 2000 that matter most are here; 8000 are left out")
	assert.Contains(t, page, `<dd class="error">3333</dd>`)
	assert.NotContains(t, page, `data-severity="warning"`)
	assert.Contains(t, page, "One box")
	assert.Contains(t, page, "and 812 more, for which there is no room here")
	assert.Equal(t, 2000, strings.Count(page, "<tr data-rule="))
}

// What is drawn is what is there: boxes by members, their area by the size of machines, lanes by zones.
func TestHTMLDrawsToScale(t *testing.T) {
	r := compare(t, "staging-onebox.tfstate")
	doc := checkHTML(t, render(t, "html", r, report.Style{}))
	rows := map[string]map[string]int{}
	classes := func(n *html.Node) string {
		for _, a := range n.Attr {
			if a.Key == "class" {
				return a.Val
			}
		}
		return ""
	}
	for n := range doc.Descendants() {
		if n.Data != "tr" || n.Parent.Data != "tbody" || !strings.Contains(classes(n.Parent.Parent), "tiers") {
			continue
		}
		row, side := map[string]int{}, ""
		for c := range n.Descendants() {
			switch {
			case c.Type == html.TextNode && c.Parent.Data == "th" && strings.TrimSpace(c.Data) != "":
				rows[strings.TrimSpace(c.Data)] = row
			case c.Data == "td":
				side = classes(c)
			case c.Data == "i", strings.HasPrefix(classes(c), "lane"):
				row[side+" "+classes(c)]++
			}
		}
		row[classes(n)]++
	}
	assert.Equal(t, map[string]int{
		"one-box alarm": 1, "baseline lane": 3, "baseline box b18": 12,
		"candidate lane": 2, "candidate box b9": 1, "candidate box b9 absent": 1,
	}, rows["web"])
	assert.Equal(t, map[string]int{
		"one-box alarm": 1, "baseline lane": 3, "baseline box b18": 6,
		"candidate lane": 1, "candidate lane gone": 1, "candidate box b9": 1, "candidate box b9 absent": 1,
	}, rows["worker"])
	assert.Equal(t, map[string]int{"missing alarm": 1, "baseline lane": 1, "baseline box b18": 2, "candidate lane": 1, "candidate box b18 absent": 2}, rows["replica"])
	assert.Equal(t, map[string]int{
		"fits": 1, "baseline lane": 3, "baseline box b18 tall z3": 1, "candidate lane": 2, "candidate lane gone": 1, "candidate box b18 tall z2": 1,
	}, rows["web balancer"])
}

// axe is a checker of accessibility, which runs in the page.
func axe(t *testing.T) string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "axe-4.14.1.min.js.gz"))
	require.NoError(t, err)
	defer file.Close()
	r, err := gzip.NewReader(file)
	require.NoError(t, err)
	script, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(script)
}

// violations are what axe finds on a page as it looks now.
func violations(p *browsertest.Page, script string) []string {
	browsertest.Eval[chromedp.Void](p, script+"; undefined")
	return browsertest.Eval[[]string](p, `axe.run({resultTypes: ["violations"]}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ": " + n.html.slice(0, 150) + ": " + n.failureSummary)))`)
}

const (
	overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`
	shown    = `document.getElementById("shown").textContent`
	hollow   = `[...document.querySelectorAll(".group .cause:not([hidden])")].filter(e => !e.querySelector("tbody tr:not([hidden])")).length`
	visible  = `[...document.querySelectorAll(".group tbody tr")].filter(e => !e.closest("[hidden]")).length`
)

// quiet holds that a page has asked for nothing and complained about nothing.
func quiet(t *testing.T, p *browsertest.Page) {
	t.Helper()
	assert.Empty(t, p.Complaints())
	for _, request := range p.Requests() {
		assert.True(t, request == p.URL || strings.HasPrefix(request, p.URL+"#") || request == "data:,", request)
	}
	assert.NotEmpty(t, p.Requests())
}

func TestHTMLInBrowser(t *testing.T) {
	browser := browsertest.Start(t)
	wide, narrow := browsertest.View{Width: 1440, Height: 900}, browsertest.View{Width: 360, Height: 740}
	r := eventful(t)
	data := render(t, "html", r, report.Style{})
	total := len(r.Findings)

	t.Run("looks", func(t *testing.T) {
		checker := axe(t)
		dark := func(v browsertest.View) browsertest.View { v.Dark = true; return v }
		evil := planted(r, strings.Join(hostile[:24], "")+strings.Repeat("W", 400))
		for _, look := range []struct {
			name  string
			of    *parity.Report
			view  browsertest.View
			check bool
		}{
			{"eventful", r, wide, false},
			{"eventful", r, dark(wide), true},
			{"eventful", r, narrow, true},
			{"eventful", r, dark(narrow), false},
			{"hostile", evil, narrow, false},
			{"pass", compare(t, "staging-model.tfstate"), wide, false},
			{"empty", reports(t)["empty"], narrow, false},
		} {
			p := browser.Open(t, render(t, "html", look.of, report.Style{}), look.view)
			browsertest.Eval[chromedp.Void](p, `for (const d of document.querySelectorAll("details")) d.open = true; undefined`)
			assert.LessOrEqual(t, browsertest.Eval[int](p, overflow), 0, "%s scrolls sideways at %d px", look.name, look.view.Width)
			background := browsertest.Eval[string](p, `getComputedStyle(document.documentElement).backgroundColor`)
			assert.Equal(t, look.view.Dark, background == "rgb(22, 24, 26)", background)
			if look.check {
				assert.Empty(t, violations(p, checker), "%s at %d px", look.name, look.view.Width)
			}
			quiet(t, p)
			p.Close()
		}
	})

	t.Run("filters", func(t *testing.T) {
		p := browser.Open(t, data, wide)
		set := func(name, value string) {
			browsertest.Eval[chromedp.Void](p, fmt.Sprintf(`(() => { const e = document.querySelector("[name=%s]"); e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})) })()`, name, value))
		}
		rows := func() int { return browsertest.Eval[int](p, visible) }
		says := func() string { return browsertest.Eval[string](p, shown) }
		matching := func(match func(f parity.Finding) bool) int {
			n := 0
			for _, f := range r.Findings {
				if match(f) {
					n++
				}
			}
			require.NotZero(t, n)
			require.Less(t, n, total)
			return n
		}
		expect := func(n int) {
			t.Helper()
			assert.Equal(t, n, rows())
			assert.Equal(t, fmt.Sprintf("%d of %d findings shown", n, total), says())
			assert.Zero(t, browsertest.Eval[int](p, hollow), "causes without anything to show")
		}
		expect(total)

		p.Do(chromedp.Click(chromedp.CSS(`[name=severity][value=error]`)))
		expect(matching(func(f parity.Finding) bool { return f.Severity != parity.Error }))
		assert.Equal(t, "#severity=warning%2Cinfo", browsertest.Eval[string](p, "location.hash"))
		p.Do(chromedp.Click(chromedp.CSS(`[type=reset]`)))
		browsertest.Get(p, chromedp.Poll[bool](visible+" === "+fmt.Sprint(total)))
		expect(total)

		set("dimension", "monitoring")
		expect(matching(func(f parity.Finding) bool { return f.Dimension == "monitoring" }))
		set("dimension", "")
		set("tier", "worker")
		expect(matching(func(f parity.Finding) bool { return f.Tier != nil && *f.Tier == "worker" }))
		set("tier", "")
		set("rule", "topology/size-family")
		expect(matching(func(f parity.Finding) bool { return f.Rule == "topology/size-family" }))
		set("rule", "")
		set("state", "waived")
		expect(1)
		set("state", "known")
		expect(2)
		set("state", "")

		p.Do(chromedp.SendKeys(chromedp.CSS(`[name=q]`), "AWS_INSTANCE.worker t3.medium"))
		expect(1)
		p.Do(chromedp.SendKeys(chromedp.CSS(`[name=q]`), " nowhere"))
		assert.Zero(t, rows())
		assert.Equal(t, fmt.Sprintf("None of %d findings shown", total), says())
		assert.Equal(t, "polite", browsertest.Eval[string](p, `document.getElementById("shown").getAttribute("aria-live")`))
		set("q", "")

		p.Do(chromedp.Click(chromedp.CSS(`#open`)))
		assert.Zero(t, browsertest.Eval[int](p, `document.querySelectorAll(".group .cause:not([open])").length`))
		p.Do(chromedp.Click(chromedp.CSS(`#open`)))
		assert.Zero(t, browsertest.Eval[int](p, `document.querySelectorAll(".group .cause[open]").length`))

		p.Do(chromedp.Click(chromedp.CSS(`[data-filter-tier=worker] a`)))
		browsertest.Get(p, chromedp.Poll[bool](`document.activeElement.id === "findings"`))
		expect(matching(func(f parity.Finding) bool { return f.Tier != nil && *f.Tier == "worker" }))

		set("tier", "")
		set("q", "\x00[(*+?\\")
		assert.Zero(t, rows())
		quiet(t, p)
	})

	t.Run("an address filters", func(t *testing.T) {
		view := wide
		view.Fragment = "severity=error&dimension=monitoring&tier=no-such-tier"
		p := browser.Open(t, data, view)
		assert.Equal(t, 3, browsertest.Eval[int](p, visible))
		quiet(t, p)
	})

	t.Run("colours can be chosen", func(t *testing.T) {
		p := browser.Open(t, data, wide)
		const colour = `getComputedStyle(document.documentElement).backgroundColor`
		light := browsertest.Eval[string](p, colour)
		choose := `(() => { const e = document.getElementById("theme"); e.value = %q; e.dispatchEvent(new Event("change")) })()`
		browsertest.Eval[chromedp.Void](p, fmt.Sprintf(choose, "dark"))
		assert.NotEqual(t, light, browsertest.Eval[string](p, colour))
		p.Do(chromedp.Reload())
		assert.NotEqual(t, light, browsertest.Eval[string](p, colour), "it is remembered")
		browsertest.Eval[chromedp.Void](p, fmt.Sprintf(choose, ""))
		assert.Equal(t, light, browsertest.Eval[string](p, colour))
		quiet(t, p)
	})

	t.Run("the keyboard reaches everything", func(t *testing.T) {
		p := browser.Open(t, data, narrow)
		var reached []string
		for range 80 {
			p.Do(chromedp.KeyEvent(kb.Tab))
			on := browsertest.Eval[string](p, `(() => { const e = document.activeElement, s = getComputedStyle(e);
				return e === document.body ? "" : (s.outlineStyle === "none" ? "unseen " : "") + (e.name ? e.name + (e.type === "checkbox" ? " " + e.value : "") : e.id || e.type || e.className || e.tagName) })()`)
			if on == "" {
				break
			}
			reached = append(reached, on)
		}
		assert.Equal(t, "skip", reached[0])
		for _, control := range []string{"theme", "q", "severity error", "severity warning", "severity info", "dimension", "tier", "rule", "state", "open", "reset", "SUMMARY", "A"} {
			assert.Contains(t, reached, control)
		}
		for _, on := range reached {
			assert.NotContains(t, on, "unseen")
		}
		// A cause opens by the keyboard too.
		p.Do(chromedp.Focus(chromedp.CSS(`.group .cause summary`)), chromedp.KeyEvent(kb.Enter))
		assert.Equal(t, 1, browsertest.Eval[int](p, `document.querySelectorAll(".group .cause[open]").length`))
		quiet(t, p)
	})

	const closed = `[...document.querySelectorAll("details")].filter(d => getComputedStyle(d).contentVisibility !== "visible" ||
		getComputedStyle(d, "::details-content").contentVisibility !== "visible").length`
	t.Run("it prints", func(t *testing.T) {
		p := browser.Open(t, data, wide)
		pdf := browsertest.Get(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
		require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
		assert.Greater(t, len(pdf), 20_000)
		assert.NotZero(t, browsertest.Eval[int](p, closed), "on screen all is closed again")
		quiet(t, p)
	})

	t.Run("it needs no script", func(t *testing.T) {
		view := narrow
		view.NoScript = true
		p := browser.Open(t, data, view)
		assert.Equal(t, total, browsertest.Eval[int](p, visible))
		assert.Equal(t, "none", browsertest.Eval[string](p, `getComputedStyle(document.getElementById("filter")).display`))
		assert.Equal(t, "hidden", browsertest.Eval[string](p, `getComputedStyle(document.getElementById("theme")).visibility`))
		assert.LessOrEqual(t, browsertest.Eval[int](p, overflow), 0)
		p.Media("print", "light")
		assert.Zero(t, browsertest.Eval[int](p, closed), "on paper all is open")
		quiet(t, p)
	})

	t.Run("very many findings", func(t *testing.T) {
		p := browser.Open(t, render(t, "html", many(t, 10_000), report.Style{}), wide)
		assert.Equal(t, 2000, browsertest.Eval[int](p, visible))
		assert.Less(t, browsertest.Eval[int](p, `document.querySelectorAll("*").length`), 100_000)
		p.Do(chromedp.SendKeys(chromedp.CSS(`[name=q]`), "setting_1999"))
		assert.Equal(t, "1 of 2000 findings shown", browsertest.Eval[string](p, shown))
		quiet(t, p)
	})

	if *update {
		t.Run("picture", func(t *testing.T) {
			data := render(t, "html", compare(t, "staging-onebox.tfstate"), report.Style{})
			p := browser.Open(t, data, browsertest.View{Width: 1200, Height: 1480})
			img, err := png.Decode(bytes.NewReader(browsertest.Get(p, chromedp.CaptureScreenshot())))
			require.NoError(t, err)
			file, err := os.Create(filepath.Join("..", "..", "docs", "report-html.png"))
			require.NoError(t, err)
			require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, img))
			require.NoError(t, file.Close())
		})
	}
}

// The picture in the README is small, and there.
func TestHTMLPicture(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "report-html.png")
	info, err := os.Stat(file)
	require.NoError(t, err, "run go test ./parity/report -run HTML -update")
	assert.Less(t, info.Size(), int64(300<<10))
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	config, _, err := image.DecodeConfig(f)
	require.NoError(t, err)
	assert.Equal(t, 1200, config.Width)
}
