package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/maquette/maquette/parity"
)

// gap is what one operation could not tell.
type gap struct{ service, call, region, reason string }

// fail notes that a call failed, unless the whole run was ended.
func (r *run) fail(service, region string, err error) {
	g := gap{service: service, region: region, reason: r.why(err)}
	var op *smithy.OperationError
	if errors.As(err, &op) {
		g.call = op.OperationName
	}
	if errors.Is(err, context.Canceled) && !errors.Is(err, errMaxCalls) {
		return
	}
	if errors.Is(err, errMaxCalls) {
		g = gap{reason: fmt.Sprintf("stopped after %d calls, the greatest number allowed: not everything was read\n  Raise --max-calls, or leave services out by without.SERVICE=REASON", r.source.MaxCalls)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gaps[g]++
}

// incomplete lists the gaps in a stable order.
func (r *run) incomplete() []parity.Gap {
	var out []parity.Gap
	for g, n := range r.gaps {
		reason := g.reason
		if g.service != "" {
			reason = fmt.Sprintf("%s %s in account %s, %s: %s", g.service, g.call, r.account, g.region, g.reason)
			if r.account == "" {
				reason = fmt.Sprintf("%s %s in %s: %s", g.service, g.call, g.region, g.reason)
			}
		}
		if n > 1 {
			reason += fmt.Sprintf(" (%d times)", n)
		}
		out = append(out, parity.Gap{Source: r.source.Text, Reason: reason, Service: g.service, Call: g.call, Account: r.account, Region: g.region})
	}
	slices.SortFunc(out, func(a, b parity.Gap) int { return strings.Compare(a.Reason, b.Reason) })
	return out
}

// errPages is a list that does not end.
var errPages = errors.New("the list does not end: a page names itself, or there are more pages than any account has")

var (
	denied = map[string]bool{
		"AccessDenied": true, "AccessDeniedException": true, "UnauthorizedOperation": true, "AuthorizationError": true,
		"AuthorizationErrorException": true, "UnauthorizedAccess": true, "Forbidden": true, "AllAccessDisabled": true,
	}
	foreign = map[string]bool{
		"AuthFailure": true, "UnrecognizedClientException": true, "InvalidClientTokenId": true, "OptInRequired": true, "InvalidToken": true,
		"ExpiredToken": true, "ExpiredTokenException": true, "RequestExpired": true,
	}
	unsupported = map[string]bool{
		"NotImplemented": true, "UnknownOperationException": true, "InvalidAction": true, "UnsupportedOperation": true, "UnknownOperation": true,
		"InternalFailure": true, "SubscriptionRequiredException": true,
	}
)

// why says in a line why a call failed and what to do about it. Messages that
// may repeat a request are left out.
func (r *run) why(err error) string {
	attempts := ""
	var many *retry.MaxAttemptsError
	if errors.As(err, &many) {
		attempts = fmt.Sprintf(", after %d attempts", many.Attempt)
	}
	var api smithy.APIError
	var dns *net.DNSError
	var decode *smithy.DeserializationError
	var answer *smithyhttp.ResponseError
	var sending *smithyhttp.RequestSendError
	var late errTimeout
	switch {
	case errors.Is(err, errPages):
		return errPages.Error()
	case throttled(err):
		return "throttled" + attempts + "; lower the rate, as rate=5, or try again later"
	case errors.As(err, &late):
		return late.Error() + attempts
	case errors.As(err, &api) && denied[api.ErrorCode()]:
		return "access is denied (" + api.ErrorCode() + "); maquette sources aws --iam-policy prints what is needed"
	case errors.As(err, &api) && foreign[api.ErrorCode()]:
		return "the credentials are not valid there (" + api.ErrorCode() + "): they are wrong or have expired, or the region is not enabled for the account"
	case errors.As(err, &api) && unsupported[api.ErrorCode()]:
		return "the endpoint does not support it (" + api.ErrorCode() + ")" + attempts
	case unknownThere(err):
		return "the endpoint does not support it"
	case mistrusted(err):
		return "its certificate is not trusted; AWS_CA_BUNDLE names a file with the authority's"
	case errors.As(err, &dns):
		return "there is no endpoint " + dns.Name + ": the service is not in this region, or the network is down"
	case errors.As(err, &decode) && errors.As(err, &answer) && answer.HTTPStatusCode() >= 300:
		return fmt.Sprintf("status %d", answer.HTTPStatusCode()) + attempts
	case errors.As(err, &decode):
		return "the answer is malformed" + attempts
	case errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError":
		return clip(api.ErrorCode()) + message(api) + attempts
	case errors.As(err, &sending):
		return clip(sending.Err.Error()) + attempts
	case errors.As(err, &answer):
		return fmt.Sprintf("status %d", answer.HTTPStatusCode()) + attempts
	}
	return clip(plainError(err).Error()) + attempts
}

func message(api smithy.APIError) string {
	if m := api.ErrorMessage(); m != "" && !strings.Contains(api.ErrorCode(), "Signature") {
		return ": " + clip(m)
	}
	return ""
}

// plainError is an error without the SDK's wrapping around it.
func plainError(err error) error {
	var op *smithy.OperationError
	var sending *smithyhttp.RequestSendError
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return errors.New(api.ErrorCode() + message(api))
	case errors.As(err, &sending):
		return sending.Err
	case errors.As(err, &op):
		return op.Err
	}
	return err
}

// clip bounds what is repeated of an answer.
func clip(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 160 {
		s = strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}
