package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// orchestra is an account with two environments of two services each, whose tasks run on
// the given hosts, and with nothing else.
func orchestra(hosts map[string][]string) http.Handler {
	document := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	const arn = "arn:aws:ecs:us-east-1:123456789012:"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body := string(raw)
		env := "staging"
		if strings.Contains(body, "production") {
			env = "production"
		}
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		switch {
		case strings.Contains(body, "Action=GetCallerIdentity"):
			_, _ = io.WriteString(w, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:root</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
		case strings.Contains(body, "Action="):
			_, action, _ := strings.Cut(body, "Action=")
			action, _, _ = strings.Cut(action, "&")
			_, _ = fmt.Fprintf(w, "<%sResponse><%sResult/></%sResponse>", action, action, action)
		case operation == "ListClusters":
			document(w, map[string]any{"clusterArns": []string{arn + "cluster/production", arn + "cluster/staging"}})
		case operation == "DescribeClusters":
			clusters := []any{}
			for _, env := range []string{"production", "staging"} {
				clusters = append(clusters, map[string]any{"clusterArn": arn + "cluster/" + env, "clusterName": env, "tags": []any{map[string]any{"key": "Environment", "value": env}}})
			}
			document(w, map[string]any{"clusters": clusters})
		case operation == "ListServices":
			document(w, map[string]any{"serviceArns": []string{arn + "service/" + env + "/web", arn + "service/" + env + "/api"}})
		case operation == "DescribeServices":
			services := []any{}
			for _, name := range []string{"web", "api"} {
				services = append(services, map[string]any{
					"serviceArn": arn + "service/" + env + "/" + name, "serviceName": name, "clusterArn": arn + "cluster/" + env, "status": "ACTIVE", "desiredCount": len(hosts[env+" "+name]),
					"launchType": "EC2", "tags": []any{map[string]any{"key": "Environment", "value": env}},
				})
			}
			document(w, map[string]any{"services": services})
		case operation == "ListTasks":
			document(w, map[string]any{"taskArns": []string{arn + "task/" + env}})
		case operation == "DescribeTasks":
			tasks := []any{}
			for _, name := range []string{"web", "api"} {
				for _, host := range hosts[env+" "+name] {
					tasks = append(tasks, map[string]any{"group": "service:" + name, "lastStatus": "RUNNING", "containerInstanceArn": arn + "container-instance/" + host, "availabilityZone": "us-east-1a"})
				}
			}
			document(w, map[string]any{"tasks": tasks})
		case strings.HasPrefix(r.URL.Path, "/2013-04-01") || strings.HasPrefix(r.URL.Path, "/2020-05-31"), r.URL.Path == "/" && r.Method == http.MethodGet: // Route 53, CloudFront, S3
			_, _ = io.WriteString(w, "<Nothing/>")
		default:
			document(w, map[string]any{})
		}
	})
}

// TestEndToEnd runs both programs as users do, against an endpoint of their own: what
// runs on one box is found, though what is declared is a true model.
func TestEndToEnd(t *testing.T) {
	bin := t.TempDir()
	out, err := exec.Command("go", "build", "-o", bin, "../maquette", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	for name, c := range map[string]struct {
		staging map[string][]string
		want    string // what is said of the one finding above info
	}{
		"spread": {map[string][]string{"web": {"s1", "s2"}, "api": {"s2", "s3"}}, ""},
		"on one host": {
			map[string][]string{"web": {"s1", "s1"}, "api": {"s1", "s1"}},
			"web, api share arn:aws:ecs:us-east-1:123456789012:container-instance/s1, in the baseline they live on 4",
		},
		"one of them on one host": {
			map[string][]string{"web": {"s1", "s1"}, "api": {"s2", "s3"}},
			"all members of web run on one host, the baseline's on 3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			hosts := map[string][]string{"production web": {"p1", "p2", "p3", "p1"}, "production api": {"p1", "p2", "p3", "p4"}}
			for name, on := range c.staging {
				hosts["staging "+name] = on
			}
			emulator := httptest.NewServer(orchestra(hosts))
			defer emulator.Close()
			cmd := exec.Command(filepath.Join(bin, "maquette"), "parity", "--format", "json",
				"aws://us-east-1?rate=1000&tag.Environment=production", "aws://us-east-1?rate=1000&tag.Environment=staging")
			cmd.Dir = t.TempDir()
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_ENDPOINT_URL=" + emulator.URL, "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=" + canary,
				"AWS_EC2_METADATA_DISABLED=true",
			}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			raw, err := cmd.Output()
			assert.NotContains(t, string(raw)+stderr.String(), canary)
			var report parity.Report
			require.NoError(t, json.Unmarshal(raw, &report), stderr.String())
			assert.Empty(t, report.Incomplete)
			assert.Len(t, report.Tiers, 2)
			if c.want == "" {
				require.NoError(t, err, string(raw))
				assert.Equal(t, parity.Pass, report.Verdict)
				return
			}
			assert.Equal(t, 2, cmd.ProcessState.ExitCode())
			assert.Equal(t, parity.Fail, report.Verdict)
			require.NotEmpty(t, report.Findings)
			assert.Equal(t, "one-box/collapsed", report.Findings[0].Rule)
			assert.Equal(t, c.want, strings.Replace(report.Findings[0].Message, "api, web", "web, api", 1))
			for _, f := range report.Findings[1:] {
				assert.Equal(t, parity.Info, f.Severity, f.Message)
			}
		})
	}
}
