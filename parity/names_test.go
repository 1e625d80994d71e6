package parity

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNamesAreReplacedAsWholeWords(t *testing.T) {
	tests := []struct{ env, text, want string }{
		{"production", "shop-production-web", "shop-{env}-web"},
		{"production", "shop-prod-web", "shop-{env}-web"},
		{"production", "shop_prd_web", "shop_{env}_web"},
		{"prod", "shop-production", "shop-{env}"},
		{"production", "PROD", "{env}"},
		{"production", "shopProdWeb", "shop{env}Web"},
		{"production", "ShopPROD-web", "Shop{env}-web"},
		{"production", "prod1", "{env}"},
		{"production", "/shop/production/db", "/shop/{env}/db"},
		{"production", "prod.shop.example.com", "{env}.shop.example.com"},
		{"production", "prod-production-prd", "{env}-{env}-{env}"},
		{"production", "product", "product"},
		{"production", "reproduce", "reproduce"},
		{"production", "productions", "productions"},
		{"production", "nonprod", "nonprod"},
		{"production", "staging", "staging"},
		{"production", "", ""},
		{"production", "émission-prod-é", "émission-{env}-é"},
		{"staging", "shop-stg", "shop-{env}"},
		{"staging", "stage", "{env}"},
		{"staging", "stagecoach", "stagecoach"},
		{"staging", "backstage", "backstage"},
		{"staging", "Staging", "{env}"},
		{"development", "device-dev", "device-{env}"},
		{"us-live", "shop-us-live-web", "shop-{env}-web"},
		{"us-live", "bus-live-web", "bus-{env}-web"}, // live is one of its words
		{"blue-green", "shop-blue-green", "shop-{env}"},
		{"blue-green", "shop-blue-greens", "shop-blue-greens"},
		{"prod-eu", "shop-prod-db", "shop-{env}-db"},
		{"pre", "pre-web", "{env}-web"},
		{"preprod", "preProd", "{env}"},
		{"preprod", "preprod-web", "{env}-web"},
		{"preprod", "prod-web", "prod-web"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, newNameSet(tt.env).replace(tt.text), "%s in %q", tt.env, tt.text)
	}
	assert.Equal(t, "prod", newNameSet().replace("prod"))
	assert.Equal(t, "prod", newNameSet("", "").replace("prod"))
}

func TestElide(t *testing.T) {
	for text, want := range map[string]string{
		"shop-{env}-web": "shop-web", "{env}-web": "web", "web-{env}": "web", "{env}": "", "/shop/{env}/db": "/shop/db",
		"{env}.shop.com": "shop.com", "db.{env}.shop.com": "db.shop.com", "shop{env}web": "shopweb", "none": "none", "": "",
		"{env}_{env}_x": "x", "https://{env}.shop.com/a": "https://shop.com/a",
	} {
		assert.Equal(t, want, elide(text), text)
	}
}

func TestStem(t *testing.T) {
	for name, want := range map[string]string{
		"web": "web", "web-1": "web", "web_12": "web", "web1": "web", "web-01": "web", "private_a": "private", "private-b": "private",
		"private-us-east-1a": "private", "us-east-1a": "", "use1-az2": "", "az1": "", "1": "", "a": "", "": "",
		"worker-az-2": "worker", "api-v2": "api-v", "data": "data", "schema": "schema", "node-1b": "node",
	} {
		assert.Equal(t, want, stem(name), name)
	}
}

// named is a snapshot of resources with the given names, web[0], web[1], …
func named(environment string, names ...string) *Snapshot {
	s := &Snapshot{Environment: environment}
	for i, n := range names {
		s.Resources = append(s.Resources, NewResource(Declaration{Type: "aws_lb", Name: fmt.Sprintf("l%d", i)}, Place{}, ObjectOf([]string{"name"}, []Value{Text(n)})))
	}
	return s
}

func tagged(key, value string) *Snapshot {
	s := named("", "web", "api")
	for i := range s.Resources {
		r := &s.Resources[i]
		r.Attributes = AttributesOf(ObjectOf([]string{"name", "tags"}, []Value{r.Attributes.Get("name"), ObjectOf([]string{key}, []Value{Text(value)})}))
	}
	return s
}

func TestEnvironmentNamesAreInferred(t *testing.T) {
	tests := []struct {
		name       string
		base, cand *Snapshot
		b, c       string // words that have to be among the names
		notB, notC string // and words that may not
	}{
		{"given", named("gold", "web"), named("silver", "web"), "gold", "silver", "silver", "gold"},
		{"given in short", named("prd", "web"), named("stg", "web"), "production", "staging", "staging", "production"},
		{"by tag", tagged("Environment", "blue"), tagged("env", "green"), "blue", "green", "green", "blue"},
		{"by tag of another case", tagged("ENVIRONMENT", "Blue"), tagged("stage", "Green"), "blue", "green", "green", "blue"},
		{"by usual words", named("", "shop-prod-web", "shop-prod-api"), named("", "shop-stag-web", "shop-stag-api"), "prod", "staging", "staging", "prod"},
		{
			"by what stands in its place", named("", "acme-one-web", "acme-one-api", "acme-one-db"),
			named("", "acme-two-web", "acme-two-api", "acme-two-db"), "one", "two", "two", "one",
		},
		{"equal names", named("", "web", "api", "db"), named("", "web", "api", "db"), "", "", "web", "web"},
		{"too few to tell", named("", "acme-one-web"), named("", "acme-two-web"), "", "", "one", "two"},
		{"nothing", &Snapshot{}, &Snapshot{}, "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.base.packAll()
			tt.cand.packAll()
			b, c := environmentNames(
				&environment{snap: tt.base, word: ownWord(tt.base)},
				&environment{snap: tt.cand, word: ownWord(tt.cand)})
			if tt.b != "" {
				assert.Contains(t, b.words, tt.b)
				assert.Contains(t, c.words, tt.c)
			}
			assert.NotContains(t, b.words, tt.notB)
			assert.NotContains(t, c.words, tt.notC)
		})
	}
}

// A list of names may end with a comma: what is empty names nothing.
func TestEmptyNamesNothing(t *testing.T) {
	for _, text := range []string{"", "a,", ",a", "a,,b", "https://", "."} {
		eachNameIn(text, func(name string) { assert.NotEmpty(t, name, "%q", text) })
	}
	var names []string
	eachNameIn("https://db.shop.test:5432/x,b,", func(name string) { names = append(names, name) })
	assert.Contains(t, names, "b")
}
