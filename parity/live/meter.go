package live

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"golang.org/x/time/rate"
)

const (
	defaultRate    = 20 // calls a second that every service bears
	defaultTimeout = 30 * time.Second
	maxAttempts    = 6
	concurrency    = 8      // calls to one service in one region at once
	maxPages       = 20_000 // of one list
)

// errTimeout is an attempt that took too long. It is no cancellation, so that
// it is tried again.
type errTimeout struct{ after time.Duration }

func (e errTimeout) Error() string { return "no whole answer within " + e.after.String() }
func (errTimeout) Timeout() bool   { return true }

// maxRefusals is how often in a row a service may be reached by nobody until it is given up.
const maxRefusals = 3

// errHopeless is an error that trying again does not mend.
type errHopeless struct{ error }

func (e errHopeless) Unwrap() error { return e.error }

// retryer tries again as AWS advises, ever more slowly, but for what is hopeless.
func retryer() aws.Retryer {
	return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
		o.StandardOptions = append(o.StandardOptions, func(so *retry.StandardOptions) {
			so.MaxAttempts = maxAttempts
			so.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
				if errors.As(err, new(errHopeless)) {
					return aws.FalseTernary
				}
				return aws.UnknownTernary
			})}, so.Retryables...)
		})
	})
}

// unreached reports whether nobody was there to be asked.
func unreached(err error) bool {
	var dial *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) && !dns.IsTemporary || errors.As(err, &dial) && dial.Op == "dial"
}

// mistrusted reports whether the certificate of who answers is not to be trusted.
func mistrusted(err error) bool {
	var cert *tls.CertificateVerificationError
	return errors.As(err, &cert)
}

// errPage is an emulator's way to fail at what it does not do: status 500, with a page
// for people.
var errPage = errors.New("a page for people with status 500")

// unknownThere reports whether the endpoint, as an emulator, says that it does not do such things.
func unknownThere(err error) bool {
	var answer *smithyhttp.ResponseError
	return errors.Is(err, errPage) || errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusNotImplemented
}

// notDone reports whether an endpoint does not do what it was asked for.
func notDone(err error) bool {
	var api smithy.APIError
	return unknownThere(err) || errors.As(err, &api) && unsupported[api.ErrorCode()]
}

// ofUser reports whether the service that a call goes to is at an endpoint of the user's.
func ofUser(ctx context.Context, cfg aws.Config) bool {
	return cfg.BaseEndpoint != nil || slices.ContainsFunc(cfg.ConfigSources, func(source any) bool {
		of, ok := source.(interface {
			GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
		})
		if !ok {
			return false
		}
		_, found, err := of.GetServiceBaseEndpoint(ctx, awsmiddleware.GetServiceID(ctx))
		return found && err == nil
	})
}

// meter returns a configuration that counts every request to a service in a
// region, holds it back to the rate, and bounds its time. It tells whether an endpoint
// of the user's is asked.
func (r *run) meter(service, region string, perSecond float64, emulated *atomic.Bool) func(aws.Config) aws.Config {
	if r.source.Rate > 0 {
		perSecond = r.source.Rate
	}
	timeout := r.source.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	var refusals atomic.Int32
	limit := rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
	attempt := middleware.FinalizeMiddlewareFunc("maquette", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if err := limit.Wait(ctx); err != nil {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, err
		}
		if n := r.calls.Add(1); r.source.MaxCalls > 0 && n > int64(r.source.MaxCalls) {
			r.calls.Add(-1)
			r.cancel(errMaxCalls)
			return middleware.FinalizeOutput{}, middleware.Metadata{}, errMaxCalls
		}
		bounded, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		out, meta, err := next.HandleFinalize(bounded, in)
		switch {
		case err == nil:
			refusals.Store(0)
		case ctx.Err() == nil && errors.Is(bounded.Err(), context.DeadlineExceeded):
			err = errTimeout{timeout}
		case throttled(err):
			r.throttles.Add(1)
		case unreached(err) && refusals.Add(1) >= maxRefusals, unknownThere(err), mistrusted(err):
			err = errHopeless{err}
		}
		r.progress()
		return out, meta, err
	})
	return func(cfg aws.Config) aws.Config {
		cfg = cfg.Copy()
		cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
			own := middleware.InitializeMiddlewareFunc("maquette", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				emulated.Store(ofUser(ctx, cfg))
				return next.HandleInitialize(ctx, in)
			})
			if err := errors.Join(stack.Initialize.Add(own, middleware.After), stack.Deserialize.Add(whole(emulated), middleware.After)); err != nil {
				return err
			}
			return stack.Finalize.Insert(attempt, "Retry", middleware.After)
		})
		return cfg
	}
}

// whole refuses answers that say nothing, or are pages for people, as of a proxy: the
// SDK would take many of them for lists with nothing in them.
func whole(emulated *atomic.Bool) middleware.DeserializeMiddleware {
	return middleware.DeserializeMiddlewareFunc("maquette", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleDeserialize(ctx, in)
		res, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok || res.StatusCode != http.StatusOK && (res.StatusCode != http.StatusInternalServerError || !emulated.Load()) {
			return out, meta, err
		}
		body := bufio.NewReader(res.Body)
		head, err := body.Peek(len("<!doctype html"))
		if err != nil && !errors.Is(err, io.EOF) {
			return out, meta, &smithy.DeserializationError{Err: err}
		}
		start := bytes.ToLower(bytes.TrimSpace(head))
		page := bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
		switch {
		case page && res.StatusCode != http.StatusOK:
			return out, meta, errPage
		case res.StatusCode == http.StatusOK && (page || len(start) == 0):
			return out, meta, &smithy.DeserializationError{Err: errors.New("the answer is empty, or a page for people")}
		}
		res.Body = struct {
			io.Reader
			io.Closer
		}{body, res.Body}
		return out, meta, nil
	})
}

func throttled(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}
