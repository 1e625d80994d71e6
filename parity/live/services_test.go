package live_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity/live"
)

var reads = regexp.MustCompile(`^(Describe|List|Get|BatchGet)[A-Z]`)

// telling are calls that read and would tell a secret, or start something.
var telling = []string{"GetSecretValue", "BatchGetSecretValue", "GetParametersByPath", "GetParameter", "GetPasswordData", "GetConsoleOutput", "GetAuthorizationToken", "GetSessionToken", "GetObject", "GetItem", "BatchGetItem", "GetFunction"}

func TestOnlyReads(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range live.Readings() {
		assert.NotEmpty(t, r.Calls, r.Service)
		for _, call := range r.Calls {
			assert.Regexp(t, reads, call, r.Service)
			assert.NotContains(t, telling, call, r.Service)
			seen[r.Service+" "+call] = true
		}
		for _, p := range r.Permissions {
			_, action, ok := strings.Cut(p, ":")
			assert.True(t, ok, p)
			assert.Regexp(t, reads, strings.Replace(action, "GET", "GetApis", 1), p)
		}
	}
	// What was called in the recorded environments is among it.
	called := map[string]bool{}
	for name := range environments {
		rec := recorded(t, name)
		observe(t, "aws://us-east-1", rec)
		for _, c := range rec.called() {
			called[c] = true
		}
	}
	names := map[string]string{"elasticloadbalancingv2": "elbv2", "cloudwatchlogs": "logs", "resourcegroupstaggingapi": "tag", "applicationautoscaling": "application-autoscaling"}
	for c := range called {
		service, call, _ := strings.Cut(c, " ")
		if names[service] != "" {
			service = names[service]
		}
		assert.True(t, seen[service+" "+call], "%s %s is called and not listed", service, call)
	}
	assert.Greater(t, len(called), 40)
}

func TestMinimalPolicy(t *testing.T) {
	raw, err := json.Marshal(live.MinimalPolicy())
	require.NoError(t, err)
	again, err := json.Marshal(live.MinimalPolicy())
	require.NoError(t, err)
	assert.Equal(t, string(raw), string(again))
	p := live.MinimalPolicy()
	require.Len(t, p.Statement, 1)
	actions := p.Statement[0].Action
	assert.True(t, slices.IsSorted(actions))
	assert.Equal(t, "2012-10-17", p.Version)
	for _, want := range []string{"sts:GetCallerIdentity", "elasticloadbalancing:DescribeLoadBalancers", "s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration", "tag:GetResources", "logs:DescribeLogGroups", "ssm:GetParameters"} {
		assert.Contains(t, actions, want)
	}
	for _, a := range actions {
		assert.NotContains(t, a, "*")
	}
}

func TestParse(t *testing.T) {
	s, err := live.Parse("aws://us-east-1,eu-west-1?profile=p&role=arn:aws:iam::1:role/r&external_id=x&tag.Environment=staging&tag.Environment=stage&tag.a.b=c&name=shop-*&vpc=vpc-1&stack=shop&tfstate=a/b.tfstate&without.route53=not+ours&rate=5&max_calls=9&timeout=10s")
	require.NoError(t, err)
	assert.Equal(t, []string{"us-east-1", "eu-west-1"}, s.Regions)
	assert.Equal(t, []string{"p", "arn:aws:iam::1:role/r", "x"}, []string{s.Profile, s.Role, s.ExternalID})
	assert.Equal(t, map[string][]string{"Environment": {"staging", "stage"}, "a.b": {"c"}}, s.Select.Tags)
	assert.Equal(t, []string{"shop-*"}, s.Select.Names)
	assert.Equal(t, []string{"vpc-1"}, s.Select.VPCs)
	assert.Equal(t, []string{"shop", "a/b.tfstate", "not ours"}, []string{s.Select.Stack, s.Select.TFState, s.Without["route53"]})
	assert.InDelta(t, 5, s.Rate, 0)
	assert.Equal(t, 9, s.MaxCalls)
	for text, want := range map[string]string{
		"aws://us-east-1/x":                         "before the question mark",
		"aws://us-east-1?tags=x":                    `"tags" is not known`,
		"aws://us-east-1?profile=":                  "profile has no value",
		"aws://us-east-1?profile=a&profile=b":       "profile is given 2 times",
		"aws://us-east-1?rate=fast":                 "no number of calls a second",
		"aws://us-east-1?rate=0":                    "no number of calls a second",
		"aws://us-east-1?max_calls=0":               "no number of calls",
		"aws://us-east-1?timeout=5":                 "no duration",
		"aws://us-east-1?without.nothing=x":         `"nothing" is no service that is read`,
		"aws://us-east-1?without=x":                 `"without" is not known`,
		"aws://us-east-1?tag.=x":                    `"tag." is not known`,
		"aws://user@us-east-1":                      "before the question mark",
		"s3://bucket":                               "no source of the form",
		"aws://us-east-1?tag.Environment=%zz":       "invalid URL escape",
		"aws://us-east-1?name=a&max_calls=1&vpc=;x": "semicolon",
	} {
		_, err := live.Parse(text)
		assert.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("aws://us-east-1?tag.Environment=staging&name=a*")
	f.Add("aws://?without.s3=x")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := live.Parse(text)
		if err == nil {
			assert.Equal(t, text, s.Text)
		} else {
			assert.NotEmpty(t, err.Error())
		}
	})
}
