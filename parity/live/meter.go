package live

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
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

// meter returns a configuration that counts every request to a service in a
// region, holds it back to the rate, and bounds its time.
func (r *run) meter(service, region string, perSecond float64) func(aws.Config) aws.Config {
	if r.source.Rate > 0 {
		perSecond = r.source.Rate
	}
	timeout := r.source.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
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
		case ctx.Err() == nil && errors.Is(bounded.Err(), context.DeadlineExceeded):
			err = errTimeout{timeout}
		case throttled(err):
			r.throttles.Add(1)
		}
		r.progress()
		return out, meta, err
	})
	return func(cfg aws.Config) aws.Config {
		cfg = cfg.Copy()
		cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Insert(attempt, "Retry", middleware.After)
		})
		return cfg
	}
}

func throttled(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}
