package live_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maquette/maquette/parity"
)

// TestTargets: an instance that was put into a target group one by one is its target,
// whichever service answers first; a scaling group's are its own. Those that fail their
// checks are counted.
func TestTargets(t *testing.T) {
	const worker, another = "i-30d37d15d0ba95021", "i-of-a-group"
	for _, late := range []string{"DescribeInstances", "DescribeTargetHealth"} {
		rec := recorded(t, "production")
		rec.answer = func(service, operation string, _ *http.Request, _ string) *http.Response {
			if operation == late {
				time.Sleep(200 * time.Millisecond)
			}
			if operation != "DescribeTargetHealth" {
				return nil
			}
			targets := ""
			for id, state := range map[string]string{worker: "unhealthy", another: "healthy", "i-starting": "initial"} {
				targets += "<member><Target><Id>" + id + "</Id><Port>80</Port></Target><TargetHealth><State>" + state + "</State></TargetHealth></member>"
			}
			return reply(200, "text/xml", "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>"+targets+"</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>")
		}
		snap := observe(t, "aws://us-east-1?tag.Environment=production", rec)
		assert.Empty(t, snap.Incomplete)
		var targets []string
		for _, r := range snap.Resources {
			switch r.Type {
			case "aws_lb_target_group_attachment":
				targets = append(targets, r.Attributes.Get("target_id").Str())
			case "aws_lb_target_group":
				assert.Equal(t, "1", r.Attributes.Get(parity.OnlyLive).Get("unhealthy_targets").Text)
			}
		}
		assert.Equal(t, []string{worker}, targets, late)
		found := strings.Join(findings(compare(t, liveOf(t, "staging-model"), snap)), "\n")
		assert.Contains(t, found, "error monitoring/health-check aws_lb_target_group live.unhealthy_targets: 0, 1")
	}
}
