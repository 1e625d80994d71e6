package live_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

// exchange is one recorded request with its answer.
type exchange struct {
	Service   string
	Operation string
	Request   struct {
		Method, Path, Body string
	}
	Response struct {
		Status     int
		Headers    map[string]string
		Body       string
		BodyBase64 string `json:"body_base64"`
	}
}

// recording answers the SDK's requests with what was recorded. It stands in for
// the network below the SDK: requests are made and answers are read as ever.
type recording struct {
	exchanges []exchange
	// answer is asked first; nil answers leave it to the recording.
	answer func(service, operation string, req *http.Request, body string) *http.Response

	mu    sync.Mutex
	calls map[string]int
}

func recorded(t testing.TB, name string) *recording {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	r := &recording{calls: map[string]int{}}
	require.NoError(t, json.NewDecoder(z).Decode(&r.exchanges))
	return r
}

func (r *recording) Do(req *http.Request) (*http.Response, error) {
	service := strings.ToLower(strings.ReplaceAll(awsmiddleware.GetServiceID(req.Context()), " ", ""))
	operation := awsmiddleware.GetOperationName(req.Context())
	body := ""
	if req.Body != nil {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	res := r.reply(service, operation, req, body)
	switch {
	case res == nil:
		return nil, fmt.Errorf("not recorded: %s %s %s %s", service, operation, req.URL, body)
	case res.StatusCode < 0:
		return nil, io.ErrUnexpectedEOF
	}
	res.Request = req
	return res, nil
}

// reply returns the answer to a request; nil where there is none.
func (r *recording) reply(service, operation string, req *http.Request, body string) *http.Response {
	r.mu.Lock()
	r.calls[service+" "+operation]++
	r.mu.Unlock()
	if r.answer != nil {
		if res := r.answer(service, operation, req, body); res != nil {
			return res
		}
	}
	if e := r.find(service, operation, req, body); e != nil {
		text := []byte(e.Response.Body)
		if e.Response.BodyBase64 != "" {
			text, _ = base64.StdEncoding.DecodeString(e.Response.BodyBase64)
		}
		res := reply(e.Response.Status, "", string(text))
		for k, v := range e.Response.Headers {
			if !strings.EqualFold(k, "x-amz-crc32") && !strings.EqualFold(k, "content-length") { // of the answer before its secrets were taken out
				res.Header.Set(k, v)
			}
		}
		return res
	}
	switch service + " " + operation {
	case "ssm GetParameters":
		return r.values(body)
	case "ec2 DescribeInstanceCreditSpecifications":
		// As the states say.
		values, _ := url.ParseQuery(body)
		items := ""
		for k, v := range values {
			if strings.HasPrefix(k, "InstanceId") {
				items += "<item><instanceId>" + v[0] + "</instanceId><cpuCredits>standard</cpuCredits></item>"
			}
		}
		return reply(200, "text/xml", "<DescribeInstanceCreditSpecificationsResponse><instanceCreditSpecificationSet>"+items+"</instanceCreditSpecificationSet></DescribeInstanceCreditSpecificationsResponse>")
	case "rds ListTagsForResource":
		// Asked of groups only, which bear what the environment's databases do.
		for _, e := range r.exchanges {
			if _, tags, ok := strings.Cut(e.Response.Body, "<TagList>"); ok && e.Operation == "DescribeDBInstances" {
				tags, _, _ = strings.Cut(tags, "</TagList>")
				return reply(200, "text/xml", "<ListTagsForResourceResponse><ListTagsForResourceResult><TagList>"+tags+"</TagList></ListTagsForResourceResult></ListTagsForResourceResponse>")
			}
		}
	}
	text, ok := nothing[service+" "+operation]
	switch code, absent := strings.CutPrefix(text, "404 "); {
	case absent:
		return reply(404, "text/xml", "<Error><Code>"+code+"</Code></Error>")
	case ok:
		return reply(200, "", text)
	}
	return nil
}

func reply(status int, contentType, body string) *http.Response {
	h := http.Header{}
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

// nothing is how AWS answers what was not asked while recording, where there is
// nothing of the kind.
var nothing = map[string]string{
	"acm ListCertificates":                           `{}`,
	"apigatewayv2 GetApis":                           `{"items":[]}`,
	"applicationautoscaling DescribeScalableTargets": `{}`,
	"cloudfront ListDistributions":                   `<DistributionList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><IsTruncated>false</IsTruncated></DistributionList>`,
	"ecr DescribeRepositories":                       `{}`,
	"efs DescribeFileSystems":                        `{}`,
	"kafka ListClustersV2":                           `{}`,
	"kinesis ListStreams":                            `{"StreamNames":[],"HasMoreStreams":false}`,
	"kms ListKeys":                                   `{}`,
	"kms ListAliases":                                `{}`,
	"memorydb DescribeClusters":                      `{}`,
	"mq ListBrokers":                                 `{}`,
	"opensearch ListDomainNames":                     `{}`,
	"wafv2 ListWebACLs":                              `{}`,
	"acm ListTagsForCertificate":                     `{}`,
	"ecr ListTagsForResource":                        `{}`,
	"kinesis ListTagsForStream":                      `{"Tags":[],"HasMoreTags":false}`,
	"kms ListResourceTags":                           `{}`,
	"memorydb ListTags":                              `{}`,
	"opensearch ListTags":                            `{"TagList":[]}`,
	"wafv2 ListTagsForResource":                      `{}`,
	"ec2 DescribeVpcEndpoints":                       `<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><vpcEndpointSet/></DescribeVpcEndpointsResponse>`,
	"ec2 DescribeVpcPeeringConnections":              `<DescribeVpcPeeringConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><vpcPeeringConnectionSet/></DescribeVpcPeeringConnectionsResponse>`,
	"autoscaling DescribeScheduledActions":           `<DescribeScheduledActionsResponse><DescribeScheduledActionsResult/></DescribeScheduledActionsResponse>`,
	"iam ListInstanceProfiles":                       `<ListInstanceProfilesResponse><ListInstanceProfilesResult><InstanceProfiles/><IsTruncated>false</IsTruncated></ListInstanceProfilesResult></ListInstanceProfilesResponse>`,
	"dynamodb DescribeContinuousBackups":             `{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}`,
	"dynamodb DescribeTimeToLive":                    `{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}`,
	"s3 GetBucketPolicy":                             "404 NoSuchBucketPolicy",
	"s3 GetBucketLifecycleConfiguration":             "404 NoSuchLifecycleConfiguration",
	"route53 ListHealthChecks":                       `<ListHealthChecksResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HealthChecks/><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHealthChecksResponse>`,
	"sns ListSubscriptionsByTopic":                   `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions/></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
	"lambda ListEventSourceMappings":                 `{"EventSourceMappings":[]}`,
	"lambda ListAliases":                             `{"Aliases":[]}`,
	"elasticache ListTagsForResource":                `<ListTagsForResourceResponse><ListTagsForResourceResult><TagList/></ListTagsForResourceResult></ListTagsForResourceResponse>`,
	"cloudwatchlogs ListTagsForResource":             `{"tags":{}}`,
	"ssm ListTagsForResource":                        `{"TagList":[]}`,
	"elasticloadbalancingv2 DescribeTags":            `<DescribeTagsResponse><DescribeTagsResult/></DescribeTagsResponse>`,
	"elasticloadbalancingv2 DescribeRules":           `<DescribeRulesResponse><DescribeRulesResult/></DescribeRulesResponse>`,
	"autoscaling DescribePolicies":                   `<DescribePoliciesResponse><DescribePoliciesResult/></DescribePoliciesResponse>`,
	"iam ListPolicies":                               `<ListPoliciesResponse><ListPoliciesResult><Policies/><IsTruncated>false</IsTruncated></ListPoliciesResult></ListPoliciesResponse>`,
	"ecs ListTasks":                                  `{"taskArns":[]}`,
	"ecr DescribeImages":                             `{"imageDetails":[]}`,
	"elasticache DescribeUpdateActions":              `<DescribeUpdateActionsResponse><DescribeUpdateActionsResult/></DescribeUpdateActionsResponse>`,
	"rds DescribePendingMaintenanceActions":          `<DescribePendingMaintenanceActionsResponse><DescribePendingMaintenanceActionsResult/></DescribePendingMaintenanceActionsResponse>`,
	"ssm DescribeInstanceInformation":                `{"InstanceInformationList":[]}`,
	"rds DescribeDBParameters":                       `<DescribeDBParametersResponse><DescribeDBParametersResult/></DescribeDBParametersResponse>`,
	"autoscaling DescribeAutoScalingGroups":          `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult/></DescribeAutoScalingGroupsResponse>`,
	"elasticache DescribeReplicationGroups":          `<DescribeReplicationGroupsResponse><DescribeReplicationGroupsResult/></DescribeReplicationGroupsResponse>`,
	"cloudwatch ListTagsForResource":                 `<ListTagsForResourceResponse><ListTagsForResourceResult><Tags/></ListTagsForResourceResult></ListTagsForResourceResponse>`,
}

// bounds are parameters by which answers are asked for in parts, or narrowed:
// what was recorded is taken whole.
var bounds = map[string]bool{
	"Action": true, "Version": true, "MaxResults": true, "MaxRecords": true, "PageSize": true, "ResourcesPerPage": true, "maxResults": true, "limit": true, "Limit": true, "MaxItems": true,
	"x-id": true, "include": true, "bucket-region": true,
}

// parameters are a request's, by name.
func parameters(path, body string) map[string]string {
	out := map[string]string{}
	head, query, _ := strings.Cut(path, "?")
	out["/"] = strings.TrimSuffix(head, "/")
	forms := []string{query}
	if strings.HasPrefix(body, "{") {
		var doc map[string]any
		if json.Unmarshal([]byte(body), &doc) == nil {
			for k, v := range doc {
				raw, _ := json.Marshal(v)
				out[k] = string(raw)
			}
		}
	} else {
		forms = append(forms, body)
	}
	for _, form := range forms {
		values, _ := url.ParseQuery(form)
		for k, v := range values {
			out[k] = v[0]
		}
	}
	for k := range out {
		if bounds[k] {
			delete(out, k)
		}
	}
	return out
}

// find returns the exchange of the operation whose parameters the request has, the
// most of them; where there is but one, that.
func (r *recording) find(service, operation string, req *http.Request, body string) *exchange {
	asked := parameters(req.URL.RequestURI(), body)
	var best, only *exchange
	most, n := -1, 0
	for i := range r.exchanges {
		e := &r.exchanges[i]
		if e.Service != service || e.Operation != operation || strings.HasPrefix(e.Request.Path, "/service/Granite") {
			continue
		}
		only = e
		n++
		same, all := 0, true
		for k, v := range parameters(e.Request.Path, e.Request.Body) {
			all = all && asked[k] == v
			same++
		}
		if all && same > most {
			best, most = e, same
		}
	}
	if best == nil && n == 1 && operation != "ListTagsForResource" {
		return only
	}
	return best
}

// values answers GetParameters from what was recorded of their paths.
func (r *recording) values(body string) *http.Response {
	var asked struct{ Names []string }
	_ = json.Unmarshal([]byte(body), &asked)
	found := []json.RawMessage{}
	for _, e := range r.exchanges {
		if e.Operation != "GetParametersByPath" || !strings.Contains(e.Request.Body, "StringList") {
			continue
		}
		var out struct{ Parameters []json.RawMessage }
		_ = json.Unmarshal([]byte(e.Response.Body), &out)
		for _, p := range out.Parameters {
			var one struct{ Name string }
			_ = json.Unmarshal(p, &one)
			for _, name := range asked.Names {
				if name == one.Name {
					found = append(found, p)
				}
			}
		}
	}
	raw, _ := json.Marshal(map[string]any{"Parameters": found, "InvalidParameters": []string{}})
	return reply(200, "application/x-amz-json-1.1", string(bytes.TrimSpace(raw)))
}

// told is what the recorded answer to an operation says first in an element of XML.
func (r *recording) told(operation, element string) string {
	for _, e := range r.exchanges {
		if e.Operation == operation {
			_, text, _ := strings.Cut(e.Response.Body, "<"+element+">")
			text, _, _ = strings.Cut(text, "<")
			return text
		}
	}
	return ""
}

// called lists the operations that were asked, in order of their names.
func (r *recording) called() []string {
	var out []string
	for k := range r.calls {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// options reads through a client of the test's, with retries that do not wait.
func options(client config.HTTPClient) live.Options {
	return live.Options{Load: []func(*config.LoadOptions) error{
		config.WithSharedConfigFiles([]string{}), config.WithSharedCredentialsFiles([]string{}),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", canary, "")),
		config.WithHTTPClient(client), config.WithBaseEndpoint("http://127.0.0.1:1"),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = 3
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
			})
		}),
	}}
}

// withoutEndpoint has AWS's own endpoints asked.
func withoutEndpoint(o *config.LoadOptions) error {
	o.BaseEndpoint = ""
	return nil
}

// canary is a key that must be nowhere.
const canary = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY"

// observe reads a source of the form aws://us-east-1?… from a recording.
func observe(t testing.TB, source string, client config.HTTPClient) *parity.Snapshot {
	t.Helper()
	s, err := live.Parse(source)
	require.NoError(t, err)
	snap, err := s.Observe(context.Background(), options(client))
	require.NoError(t, err)
	return snap
}
