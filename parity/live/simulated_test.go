package live_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

// holding is what a simulated account has of one kind. The calls it takes at least
// are a list in pages of the greatest size, details of each, and one more for so many.
type holding struct {
	service string // as in rates
	list    string // the SDK's service and operation that list it
	n, page int
	details int // calls for each
	batch   int // things of which one call tells more; 0: none
	typ     string
	arn     string // of one, before its name: the index of tags has them
	told    bool   // the list tells the tags as well
}

// holdings of an account of 50,000 resources, so that no service alone is all there is
// to wait for.
var holdings = []holding{
	{service: "ec2", list: "ec2 DescribeInstances", n: 12_000, page: 1000, typ: "aws_instance", arn: "ec2:%s:instance/i-", told: true},
	{service: "ec2", list: "ec2 DescribeVolumes", n: 4_470, page: 500, typ: "aws_ebs_volume"},
	{service: "ec2", list: "ec2 DescribeLaunchTemplates", n: 400, page: 200, details: 1, typ: "aws_launch_template"},
	{service: "logs", list: "cloudwatchlogs DescribeLogGroups", n: 12_500, page: 50, typ: "aws_cloudwatch_log_group", arn: "logs:%s:log-group:"},
	{service: "cloudwatch", list: "cloudwatch DescribeAlarms", n: 12_500, page: 100, typ: "aws_cloudwatch_metric_alarm", arn: "cloudwatch:%s:alarm:"},
	{service: "ssm", list: "ssm DescribeParameters", n: 3_000, page: 50, batch: 10, typ: "aws_ssm_parameter", arn: "ssm:%s:parameter/"},
	{service: "secretsmanager", list: "secretsmanager ListSecrets", n: 3_500, page: 100, typ: "aws_secretsmanager_secret", arn: "secretsmanager:%s:secret:", told: true},
	{service: "sqs", list: "sqs ListQueues", n: 1_250, page: 1000, details: 1, typ: "aws_sqs_queue", arn: "sqs:%s:"},
	{service: "sns", list: "sns ListTopics", n: 250, page: 100, details: 2, typ: "aws_sns_topic", arn: "sns:%s:"},
	{service: "lambda", list: "lambda ListFunctions", n: 130, page: 50, details: 2, typ: "aws_lambda_function", arn: "lambda:%s:function:"},
}

const simulatedAccount = "us-east-1:123456789012"

// simulation is an account behind an HTTP server, which answers late, and refuses
// what comes faster than a service bears.
type simulation struct {
	*httptest.Server
	latency time.Duration
	strict  bool

	mu        sync.Mutex
	calls     map[string]int // by service and operation
	limits    map[string]*rate.Limiter
	throttled int
	arns      []string
	holds     map[string]holding
}

// simulate makes an account with one in so many of the holdings.
func simulate(t testing.TB, part int) *simulation {
	s := &simulation{calls: map[string]int{}, limits: map[string]*rate.Limiter{}, holds: map[string]holding{}}
	for _, h := range holdings {
		h.n /= part
		s.holds[h.list] = h
		for i := range h.n {
			if h.arn != "" {
				s.arns = append(s.arns, "arn:aws:"+fmt.Sprintf(h.arn, simulatedAccount)+name(i))
			}
		}
		s.limits[h.service] = nil
	}
	s.limits["tag"] = nil
	for service := range s.limits {
		bears := live.RateOf(service)
		s.limits[service] = rate.NewLimiter(rate.Limit(bears), 2*int(bears))
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func name(i int) string { return fmt.Sprintf("thing-%05d", i) }

// services of which the SDK calls another name than users do.
var sdkNames = map[string]string{"cloudwatchlogs": "logs", "resourcegroupstaggingapi": "tag"}

func (s *simulation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.latency)
	service, operation := r.Header.Get("Simulated-Service"), r.Header.Get("Simulated-Operation")
	raw, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.calls[service+" "+operation]++
	bears := service
	if sdkNames[service] != "" {
		bears = sdkNames[service]
	}
	limit := s.limits[bears]
	refuse := s.strict && limit != nil && !limit.Allow()
	if refuse {
		s.throttled++
	}
	s.mu.Unlock()
	if refuse {
		w.Header().Set("X-Amzn-Errortype", "ThrottlingException")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	contentType, body := s.answer(service, operation, r, string(raw))
	if contentType == "application/cbor" {
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = io.WriteString(w, body)
}

// answer is what the account says; of services of which it has nothing, an empty list.
func (s *simulation) answer(service, operation string, r *http.Request, body string) (contentType, text string) {
	asked := map[string]any{}
	form, _ := url.ParseQuery(body)
	_ = json.Unmarshal([]byte(body), &asked)
	document := func(v map[string]any) (string, string) {
		raw, _ := json.Marshal(v)
		return "application/x-amz-json-1.1", string(raw)
	}
	page := func(token string) (from, to int, next string) {
		h := s.holds[service+" "+operation]
		from, _ = strconv.Atoi(token)
		to = min(from+h.page, h.n)
		if to < h.n {
			next = strconv.Itoa(to)
		}
		return from, to, next
	}
	items := func(token, each string) (string, string) {
		from, to, next := page(token)
		var b strings.Builder
		for i := from; i < to; i++ {
			b.WriteString(strings.ReplaceAll(each, "#", name(i)))
		}
		return b.String(), next
	}
	objects := func(each func(string) any) ([]any, any) {
		token, _ := asked["NextToken"].(string)
		if token == "" {
			token, _ = asked["nextToken"].(string)
		}
		from, to, next := page(token)
		out := []any{}
		for i := from; i < to; i++ {
			out = append(out, each(name(i)))
		}
		if next == "" {
			return out, nil
		}
		return out, next
	}
	switch service + " " + operation {
	case "sts GetCallerIdentity":
		return "text/xml", "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
	case "ec2 DescribeInstances":
		list, next := items(form.Get("NextToken"), "<item><instancesSet><item><instanceId>i-#</instanceId><imageId>ami-1</imageId><instanceType>m5.large</instanceType><instanceState><name>running</name></instanceState><placement><availabilityZone>us-east-1a</availabilityZone></placement><tagSet><item><key>Name</key><value>#</value></item></tagSet></item></instancesSet></item>")
		return "text/xml", "<DescribeInstancesResponse><reservationSet>" + list + "</reservationSet><nextToken>" + next + "</nextToken></DescribeInstancesResponse>"
	case "ec2 DescribeVolumes":
		list, next := items(form.Get("NextToken"), "<item><volumeId>vol-#</volumeId><size>10</size><volumeType>gp3</volumeType></item>")
		return "text/xml", "<DescribeVolumesResponse><volumeSet>" + list + "</volumeSet><nextToken>" + next + "</nextToken></DescribeVolumesResponse>"
	case "ec2 DescribeLaunchTemplates":
		list, next := items(form.Get("NextToken"), "<item><launchTemplateId>lt-#</launchTemplateId><launchTemplateName>#</launchTemplateName></item>")
		return "text/xml", "<DescribeLaunchTemplatesResponse><launchTemplates>" + list + "</launchTemplates><nextToken>" + next + "</nextToken></DescribeLaunchTemplatesResponse>"
	case "sns ListTopics":
		list, next := items(form.Get("NextToken"), "<member><TopicArn>arn:aws:sns:"+simulatedAccount+":#</TopicArn></member>")
		if next != "" {
			next = "<NextToken>" + next + "</NextToken>"
		}
		return "text/xml", "<ListTopicsResponse><ListTopicsResult><Topics>" + list + "</Topics>" + next + "</ListTopicsResult></ListTopicsResponse>"
	case "cloudwatchlogs DescribeLogGroups":
		list, next := objects(func(n string) any {
			return map[string]any{"logGroupName": n, "arn": "arn:aws:logs:" + simulatedAccount + ":log-group:" + n + ":*"}
		})
		return document(map[string]any{"logGroups": list, "nextToken": next})
	case "ssm DescribeParameters":
		list, next := objects(func(n string) any { return map[string]any{"Name": n, "Type": "String", "Version": 1} })
		return document(map[string]any{"Parameters": list, "NextToken": next})
	case "ssm GetParameters":
		names, _ := asked["Names"].([]any)
		found := []any{}
		for _, n := range names {
			found = append(found, map[string]any{"Name": n, "Type": "String", "Value": "v"})
		}
		return document(map[string]any{"Parameters": found})
	case "secretsmanager ListSecrets":
		list, next := objects(func(n string) any {
			return map[string]any{"Name": n, "ARN": "arn:aws:secretsmanager:" + simulatedAccount + ":secret:" + n}
		})
		return document(map[string]any{"SecretList": list, "NextToken": next})
	case "sqs ListQueues":
		list, next := objects(func(n string) any { return "https://sqs.us-east-1.amazonaws.com/123456789012/" + n })
		return document(map[string]any{"QueueUrls": list, "NextToken": next})
	case "lambda ListFunctions":
		from, to, next := page(r.URL.Query().Get("Marker"))
		list := []any{}
		for i := from; i < to; i++ {
			list = append(list, map[string]any{"FunctionName": name(i), "FunctionArn": "arn:aws:lambda:" + simulatedAccount + ":function:" + name(i)})
		}
		out := map[string]any{"Functions": list}
		if next != "" {
			out["NextMarker"] = next
		}
		return document(out)
	case "cloudwatch DescribeAlarms":
		doc, _ := cbor.Decode([]byte(body))
		token := ""
		if m, ok := doc.(cbor.Map); ok {
			if text, ok := m["NextToken"].(cbor.String); ok {
				token = string(text)
			}
		}
		from, to, next := page(token)
		list := cbor.List{}
		for i := from; i < to; i++ {
			list = append(list, cbor.Map{"AlarmName": cbor.String(name(i)), "AlarmArn": cbor.String("arn:aws:cloudwatch:" + simulatedAccount + ":alarm:" + name(i))})
		}
		out := cbor.Map{"MetricAlarms": list}
		if next != "" {
			out["NextToken"] = cbor.String(next)
		}
		return "application/cbor", string(cbor.Encode(out))
	case "resourcegroupstaggingapi GetResources":
		return document(s.tags(asked))
	}
	switch {
	case form.Get("Action") != "":
		return "text/xml", "<" + operation + "Response><" + operation + "Result/></" + operation + "Response>"
	case service == "s3" || service == "cloudfront" || service == "route53":
		return "text/xml", "<Nothing/>"
	}
	return document(map[string]any{})
}

// tags answers with a page of the index, of the services that are asked for.
func (s *simulation) tags(asked map[string]any) map[string]any {
	types, _ := asked["ResourceTypeFilters"].([]any)
	token, _ := asked["PaginationToken"].(string)
	from, _ := strconv.Atoi(token)
	list := []any{}
	for from < len(s.arns) && len(list) < 100 {
		arn := s.arns[from]
		from++
		if len(types) == 0 || slices.Contains(types, any(strings.Split(arn, ":")[2])) {
			list = append(list, map[string]any{"ResourceARN": arn, "Tags": []any{map[string]any{"Key": "Team", "Value": "shop"}}})
		}
	}
	out := map[string]any{"ResourceTagMappingList": list, "PaginationToken": ""}
	if from < len(s.arns) {
		out["PaginationToken"] = strconv.Itoa(from)
	}
	return out
}

// Do sends the SDK's requests to the simulation, whatever endpoint they are for.
func (s *simulation) Do(req *http.Request) (*http.Response, error) {
	to, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	req.URL.Scheme, req.URL.Host = to.Scheme, to.Host
	req.Header.Set("Simulated-Service", strings.ToLower(strings.ReplaceAll(awsmiddleware.GetServiceID(req.Context()), " ", "")))
	req.Header.Set("Simulated-Operation", awsmiddleware.GetOperationName(req.Context()))
	return s.Client().Do(req)
}

// read reads the whole account through the SDK, as users do.
func (s *simulation) read(t testing.TB, source string) *parity.Snapshot {
	t.Helper()
	from, err := live.Parse(source)
	require.NoError(t, err)
	snap, err := from.Observe(t.Context(), live.Options{Load: []func(*config.LoadOptions) error{
		config.WithSharedConfigFiles([]string{}), config.WithSharedCredentialsFiles([]string{}),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("a", "b", "")), config.WithHTTPClient(s),
	}})
	require.NoError(t, err)
	require.Empty(t, snap.Incomplete)
	return snap
}

// least are the fewest calls by which each service tells what it holds.
func (s *simulation) least() map[string]int {
	least := map[string]int{}
	tagged := 0
	for _, h := range s.holds {
		if h.arn != "" && !h.told {
			tagged += h.n
		}
		least[h.service] += up(h.n, h.page) + h.n*h.details
		if h.batch > 0 {
			least[h.service] += up(h.n, h.batch)
		}
	}
	least["tag"] = up(tagged, 100)
	return least
}

func up(n, by int) int { return (n + by - 1) / by }

// asked are the calls that were made, of the services that hold something and others.
func (s *simulation) asked() (holding map[string]int, others, all int) {
	holding = map[string]int{}
	for k, n := range s.calls {
		service, _, _ := strings.Cut(k, " ")
		if sdkNames[service] != "" {
			service = sdkNames[service]
		}
		if _, ok := s.limits[service]; ok {
			holding[service] += n
		} else {
			others += n
		}
		all += n
	}
	return holding, others, all
}

// What an account holds is asked in hardly more calls than are needed, and nothing of
// it twice.
func TestFewestCalls(t *testing.T) {
	s := simulate(t, 50)
	snap := s.read(t, "aws://us-east-1?rate=10000")
	byType := map[string]int{}
	for _, r := range snap.Resources {
		byType[r.Type]++
	}
	want := map[string]int{}
	for _, h := range s.holds {
		want[h.typ] = h.n
	}
	assert.Equal(t, want, byType)
	for _, r := range snap.Resources {
		if r.Type == "aws_sqs_queue" {
			assert.Equal(t, "shop", r.Attributes.Get("tags_all").Get("Team").Str(), r.Address())
		}
	}
	asked, _, _ := s.asked()
	// Lists of what there is none of, the images' names, and whether instances are managed.
	spare := map[string]int{"ec2": 12, "lambda": 1, "ssm": 5}
	for service, least := range s.least() {
		assert.LessOrEqual(t, asked[service], least+spare[service], service)
	}
}

// BenchmarkAccount reads 50,000 resources from an account that answers after 30 ms and
// bears as many calls a second as AWS's services do. x-limit is the time that it takes
// by the time that these rates allow it at best, x-least the calls by the fewest.
func BenchmarkAccount(b *testing.B) {
	for b.Loop() {
		s := simulate(b, 1)
		s.latency, s.strict = 30*time.Millisecond, true
		done := make(chan uint64)
		stop := make(chan struct{})
		go func() { done <- peak(stop) }()
		start := time.Now()
		snap := s.read(b, "aws://us-east-1")
		took := time.Since(start)
		close(stop)
		bound := time.Duration(0)
		fewest := 0
		for service, n := range s.least() {
			bears := live.RateOf(service)
			fewest += n
			bound = max(bound, time.Duration((float64(n)-bears)/bears*float64(time.Second)))
		}
		_, others, all := s.asked()
		require.Len(b, snap.Resources, 50_000)
		b.ReportMetric(took.Seconds(), "s/account")
		b.ReportMetric(took.Seconds()/bound.Seconds(), "x-limit")
		b.ReportMetric(float64(all), "calls")
		b.ReportMetric(float64(all-others)/float64(fewest), "x-least")
		b.ReportMetric(float64(s.throttled), "throttles")
		b.ReportMetric(float64(<-done)/1e6, "peak-MB")
	}
}

// peak is the most memory that the heap had in use until it is stopped.
func peak(stop chan struct{}) uint64 {
	var most uint64
	for {
		select {
		case <-stop:
			return most
		case <-time.After(100 * time.Millisecond):
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
}
