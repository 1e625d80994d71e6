package live

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// reader reads one service in one region.
type reader struct {
	*run
	svc       *service
	region    string
	account   string
	partition string
	cfg       aws.Config
	tags      *tagIndex
	// emulated says that an endpoint of the user's answers, which may be no AWS; known
	// after the first call.
	emulated *atomic.Bool
	// lenient says that what is asked is no loss where such an endpoint does not know it.
	lenient bool
}

// extra is the reader for what only running things tell, and an emulator need not know
// of: there is nothing of the kind then.
func (r *reader) extra() *reader {
	own := *r
	own.lenient = true
	return &own
}

// failed notes that a call failed.
func (r *reader) failed(err error) {
	if !r.lenient || !r.emulated.Load() || !notDone(err) {
		r.fail(r.svc.name, r.region, err)
	}
}

// operation is a method of a service's client.
type operation[In, Out, Opt any] = func(context.Context, *In, ...func(*Opt)) (*Out, error)

// call asks one operation. It reports whether there is an answer: where there
// is none, that has been noted.
func call[In, Out, Opt any](ctx context.Context, r *reader, op operation[In, Out, Opt], in *In) (*Out, bool) {
	out, err := op(ctx, in)
	if err != nil {
		r.failed(err)
		return nil, false
	}
	return out, true
}

// ask is call for what may not be there: errors of the given codes say so, and
// nil is returned without a gap.
func ask[In, Out, Opt any](ctx context.Context, r *reader, op operation[In, Out, Opt], in *In, absent ...string) (*Out, bool) {
	out, err := op(ctx, in)
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains(absent, api.ErrorCode()) {
		return nil, true
	}
	if err != nil {
		r.failed(err)
		return nil, false
	}
	return out, true
}

// pager is a paginator of the SDK.
type pager[Out, Opt any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Opt)) (*Out, error)
}

// pages visits all pages of a list. It reports whether the list was read to its
// end.
func pages[Out, Opt any](ctx context.Context, r *reader, p pager[Out, Opt], visit func(*Out)) bool {
	seen := map[string]bool{}
	for n := 0; p.HasMorePages(); n++ {
		out, err := p.NextPage(ctx)
		if err != nil {
			r.failed(err)
			return false
		}
		visit(out)
		if token := nextToken(out); token != "" {
			if seen[token] || n == maxPages {
				r.failed(&smithy.OperationError{ServiceID: r.svc.name, OperationName: operationOf(out), Err: errPages})
				return false
			}
			seen[token] = true
		}
	}
	return true
}

// nextToken is what names the page after this one, whatever the service calls it.
func nextToken(out any) string {
	v := reflect.ValueOf(out).Elem()
	for _, name := range []string{"NextToken", "Marker", "NextMarker", "PaginationToken", "LastEvaluatedTableName", "ContinuationToken"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() && f.Elem().Kind() == reflect.String {
			return f.Elem().String()
		}
	}
	return ""
}

func operationOf(out any) string {
	name := reflect.TypeOf(out).Elem().Name()
	return name[:len(name)-len("Output")]
}

// each calls f with every item, several at once.
func each[T any](ctx context.Context, items []T, f func(T)) {
	next := make(chan T)
	var wg sync.WaitGroup
	for range min(concurrency, len(items)) {
		wg.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		if ctx.Err() != nil {
			break
		}
		next <- item
	}
	close(next)
	wg.Wait()
}

// batches calls f with the items in runs of at most n, several runs at once.
func batches[T any](ctx context.Context, items []T, n int, f func([]T)) {
	each(ctx, slices.Collect(slices.Chunk(items, n)), f)
}
