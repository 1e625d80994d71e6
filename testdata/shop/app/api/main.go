// Command api serves the shop's items.
package main

import (
	"net/http"

	"shop.example/shop/internal/serve"
)

// item is something that the shop sells.
type item struct {
	Name  string `json:"name"`
	Price int    `json:"price"` // in cents
}

var items = []item{{"chair", 4900}, {"lamp", 2500}, {"table", 12900}}

func main() { serve.Main("api", handler()) }

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, _ *http.Request) { serve.JSON(w, items) })
	return mux
}
