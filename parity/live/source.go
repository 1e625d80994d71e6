package live

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Source says what is read, and as whom. The zero value is all that the user's
// default profile shows in its own region.
type Source struct {
	Text    string   // as the user wrote it
	Regions []string // none: the profile's

	Profile    string
	Role       string // ARN of a role to assume
	ExternalID string

	Select Selection

	// Without are the services that are left out, each with the reason.
	Without map[string]string

	MaxCalls int           // requests, with those that are tried again; 0: no bound
	Rate     float64       // requests a second to one service in one region; 0: each service's own
	Timeout  time.Duration // of one request; 0: 30 seconds
}

// Selection says which resources belong to the environment. Everything that is
// set has to be true of a resource, or of what it is part of. The zero value
// takes all.
type Selection struct {
	Tags    map[string][]string // key -> values, one of which it has; patterns with * are allowed
	Names   []string            // patterns, one of which the name matches
	VPCs    []string            // ids or names; only what lies in a VPC is asked
	Stack   string              // CloudFormation stack, with the stacks nested in it
	TFState string              // Terraform state whose resources are looked at
}

func (s Selection) empty() bool {
	return len(s.Tags) == 0 && len(s.Names) == 0 && len(s.VPCs) == 0 && s.Stack == "" && s.TFState == ""
}

// byTags reports whether tags decide what belongs: names are tags of much, and stacks
// mark what they made.
func (s Selection) byTags() bool {
	return len(s.Tags) > 0 || len(s.Names) > 0 || s.Stack != ""
}

const usage = `A live source is aws://REGION[,REGION…]?KEY=VALUE&…, with the keys
  profile, role, external_id             whose eyes it is read with
  tag.NAME, name, vpc, stack, tfstate    what belongs to the environment
  without.SERVICE=REASON                 a service that is left out on purpose
  rate, max_calls, timeout               how hard AWS is asked`

// Parse reads a source as users write it.
func Parse(text string) (Source, error) {
	fail := func(format string, args ...any) (Source, error) {
		return Source{}, fmt.Errorf("reading %s: %s\n  %s", text, fmt.Sprintf(format, args...), usage)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "aws" {
		return fail("this is no source of the form aws://REGION?…")
	}
	s := Source{Text: text, Select: Selection{Tags: map[string][]string{}}, Without: map[string]string{}}
	if u.Path != "" && u.Path != "/" || u.User != nil || u.Fragment != "" {
		return fail("only regions stand before the question mark")
	}
	for region := range strings.SplitSeq(u.Host, ",") {
		if region = strings.TrimSpace(region); region != "" && !slices.Contains(s.Regions, region) {
			s.Regions = append(s.Regions, region)
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fail("%v", err)
	}
	one := map[string]*string{
		"profile": &s.Profile, "role": &s.Role, "external_id": &s.ExternalID, "stack": &s.Select.Stack, "tfstate": &s.Select.TFState,
	}
	for _, key := range slices.Sorted(maps.Keys(query)) {
		values := query[key]
		if slices.Contains(values, "") {
			return fail("%s has no value", key)
		}
		kind, name, dotted := strings.Cut(key, ".")
		single := len(values) == 1
		switch {
		case one[key] != nil && single:
			*one[key] = values[0]
		case kind == "tag" && name != "":
			s.Select.Tags[name] = values
		case key == "name":
			s.Select.Names = values
		case key == "vpc":
			s.Select.VPCs = values
		case kind == "without" && dotted && single:
			if serviceNamed(name) == nil {
				return fail("%q is no service that is read; maquette sources aws lists them", name)
			}
			s.Without[name] = values[0]
		case key == "rate" && single:
			s.Rate, err = strconv.ParseFloat(values[0], 64)
			if err != nil || !(s.Rate > 0 && s.Rate <= 10000) {
				return fail("rate: %q is no number of calls a second", values[0])
			}
		case key == "max_calls" && single:
			s.MaxCalls, err = strconv.Atoi(values[0])
			if err != nil || s.MaxCalls < 1 {
				return fail("max_calls: %q is no number of calls", values[0])
			}
		case key == "timeout" && single:
			s.Timeout, err = time.ParseDuration(values[0])
			if err != nil || s.Timeout <= 0 {
				return fail("timeout: %q is no duration, as 30s", values[0])
			}
		case one[key] != nil || kind == "without" && dotted || key == "rate" || key == "max_calls" || key == "timeout":
			return fail("%s is given %d times", key, len(values))
		default:
			return fail("%q is not known", key)
		}
	}
	return s, nil
}

// describe repeats what the environment was recognised by.
func (s Source) describe() string {
	var by []string
	for _, k := range slices.Sorted(maps.Keys(s.Select.Tags)) {
		by = append(by, "tag "+k+" = "+strings.Join(s.Select.Tags[k], " or "))
	}
	for _, x := range []struct {
		what   string
		values []string
	}{{"name ", s.Select.Names}, {"VPC ", s.Select.VPCs}} {
		if len(x.values) > 0 {
			by = append(by, x.what+strings.Join(x.values, " or "))
		}
	}
	if s.Select.Stack != "" {
		by = append(by, "stack "+s.Select.Stack)
	}
	if s.Select.TFState != "" {
		by = append(by, "resources of "+s.Select.TFState)
	}
	if len(by) == 0 {
		return ""
	}
	return ": " + strings.Join(by, ", ")
}
