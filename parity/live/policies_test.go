package live_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maquette/maquette/parity"
)

// TestPolicies: those of the account's own come with the roles that they are attached to,
// or bear the tags, with what they say; AWS's are known by reference.
func TestPolicies(t *testing.T) {
	const own = "arn:aws:iam::123456789012:policy/"
	rec := recorded(t, "production")
	rec.answer = func(service, operation string, _ *http.Request, body string) *http.Response {
		switch service + " " + operation {
		case "iam ListPolicies":
			assert.Contains(t, body, "Scope=Local")
			policies := ""
			for _, name := range []string{"read-queue", "of-another"} {
				policies += "<member><PolicyName>" + name + "</PolicyName><Arn>" + own + name + "</Arn><Path>/</Path><PolicyId>P1</PolicyId><DefaultVersionId>v3</DefaultVersionId></member>"
			}
			return reply(200, "text/xml", "<ListPoliciesResponse><ListPoliciesResult><Policies>"+policies+"</Policies></ListPoliciesResult></ListPoliciesResponse>")
		case "iam ListAttachedRolePolicies":
			return reply(200, "text/xml", "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies><member><PolicyName>read-queue</PolicyName><PolicyArn>"+own+"read-queue</PolicyArn></member><member><PolicyName>ViewOnly</PolicyName><PolicyArn>arn:aws:iam::aws:policy/ViewOnly</PolicyArn></member></AttachedPolicies></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>")
		case "iam GetPolicy":
			if strings.Contains(body, "of-another") {
				return reply(200, "text/xml", "<GetPolicyResponse><GetPolicyResult><Policy><Tags><member><Key>Environment</Key><Value>staging</Value></member></Tags></Policy></GetPolicyResult></GetPolicyResponse>")
			}
			return reply(200, "text/xml", "<GetPolicyResponse><GetPolicyResult><Policy><Description>queues</Description><Tags><member><Key>Environment</Key><Value>production</Value></member></Tags></Policy></GetPolicyResult></GetPolicyResponse>")
		case "iam GetPolicyVersion":
			assert.Contains(t, body, "VersionId=v3")
			return reply(200, "text/xml", "<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D</Document></PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>")
		}
		return nil
	}
	snap := observe(t, "aws://us-east-1?tag.Environment=production", rec)
	assert.Empty(t, snap.Incomplete)
	var policies []parity.Resource
	attached := 0
	for _, r := range snap.Resources {
		switch {
		case r.Type == "aws_iam_policy":
			policies = append(policies, r)
		case r.Type == "aws_iam_role_policy_attachment" && strings.HasSuffix(r.Attributes.Get("policy_arn").Str(), "ViewOnly"):
			attached++
		}
	}
	assert.Positive(t, attached)
	if assert.Len(t, policies, 1, "the other is another environment's") {
		a := policies[0].Attributes
		assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[]}`, a.Get("policy").Str())
		assert.Equal(t, "queues", a.Get("description").Str())
		assert.Equal(t, "production", a.Get("tags_all").Get("Environment").Str())
	}
	assert.Equal(t, 1, rec.calls["iam GetPolicyVersion"], "one that several roles have is asked for once")
}
