// Command web serves the shop's page, which shows what api sells.
package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"time"

	"shop.example/shop/internal/serve"
)

var page = template.Must(template.New("page").Parse(`<!doctype html>
<title>Shop</title>
<h1>{{.Title}}</h1>
<p>environment {{.Who.Environment}}, release {{.Who.Release}}, member {{.Who.Member}}</p>
<ul>
{{- range .Items}}
<li>{{.Name}}: {{printf "%.2f" .Euros}}</li>
{{- end}}
</ul>
`))

// title is what a branch changes first.
const title = "Shop"

type item struct {
	Name  string
	Price int // in cents
}

// Euros is the price as it is shown.
func (i item) Euros() float64 { return float64(i.Price) / 100 }

func main() {
	serve.Main("web", handler(os.Getenv("API_URL")))
}

func handler(api string) http.Handler {
	client := &http.Client{Timeout: 5 * time.Second}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		items, err := fetch(client, api+"/items")
		if err != nil {
			log.Print(err)
			http.Error(w, "the shop is closed: its api does not answer", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, map[string]any{"Title": title, "Who": serve.Self(), "Items": items}); err != nil {
			log.Print(err)
		}
	})
	return mux
}

func fetch(client *http.Client, url string) (items []item, err error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return items, json.NewDecoder(resp.Body).Decode(&items)
}
