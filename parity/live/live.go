// Package live reads what really runs in AWS into snapshots, with the resource
// types and attribute names of the Terraform AWS provider, so that everything
// that judges states judges live environments as well.
//
// It asks only operations that describe, list or get; never for the value of a
// secret. What cannot be read becomes a gap of the snapshot, which makes the
// verdict incomplete.
package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"github.com/maquette/maquette/parity"
)

// Options are what reading needs of its caller.
type Options struct {
	// Known, if set, is the environment's own state. A source that names one by
	// tfstate cannot be read without it.
	Known *parity.Snapshot
	// Progress, if set, is told how far reading has come. It is called by
	// several goroutines at once.
	Progress func(Progress)
	// Load is laid over what the environment and the shared files say.
	Load []func(*config.LoadOptions) error
}

// Progress is how far reading has come.
type Progress struct {
	Calls     int // requests sent, with those that were tried again
	Throttles int // answers that told to slow down
	Done, Of  int // services read, services altogether
}

// run is one reading of a source.
type run struct {
	source  Source
	opt     Options
	account string
	known   *knownState
	cancel  context.CancelCauseFunc

	calls, throttles atomic.Int64
	done             atomic.Int64
	services         int

	mu      sync.Mutex
	records []*record
	index   map[key]*record
	claimed map[key]bool // what several things may use, and is asked for once
	gaps    map[gap]int
	// externals are what the environment names and does not consist of.
	externals []parity.External
	inStack   map[string]bool // what CloudFormation made, as it knows it
	// groupImages are the machine images of the members of Auto Scaling groups, by instance.
	groupImages sync.Map
}

// errMaxCalls ends a run that has made all the calls it may.
var errMaxCalls = errors.New("the greatest number of calls was reached")

// Observe reads the source. It fails where nothing can be read: without
// credentials, or where no region answers. All else that fails is named in the
// snapshot's Incomplete.
func (s Source) Observe(ctx context.Context, opt Options) (*parity.Snapshot, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if opt.Known != nil && s.Select.TFState == "" {
		s.Select.TFState = strings.Join(opt.Known.Sources, ", ")
	}
	r := &run{source: s, opt: opt, cancel: cancel, index: map[key]*record{}, claimed: map[key]bool{}, gaps: map[gap]int{}, inStack: map[string]bool{}}
	var err error
	if r.known, err = r.knownState(); err != nil {
		return nil, err
	}
	readers, err := r.readers(ctx)
	if err != nil {
		return nil, err
	}
	r.services = len(readers)
	r.list(ctx, readers)
	chosen := r.choose(ctx)
	var wg sync.WaitGroup
	for _, rd := range readers {
		if rd.svc.after != nil {
			there := slices.DeleteFunc(slices.Clone(chosen), func(rec *record) bool { return rec.reader.region != rd.region })
			wg.Go(func() { rd.svc.after(ctx, rd, there) })
		}
	}
	wg.Wait()
	if err := ctx.Err(); err != nil && !errors.Is(context.Cause(ctx), errMaxCalls) {
		return nil, err
	}
	return r.snapshot(chosen), nil
}

// readers opens one reader for each service and region.
func (r *run) readers(ctx context.Context) ([]*reader, error) {
	regions := r.source.Regions
	if len(regions) == 0 {
		regions = []string{""} // the user's own
	}
	var readers []*reader
	var refused error
	global := false
	for _, region := range regions {
		cfg, err := r.config(ctx, region)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", r.source.Text, err)
		}
		meter := r.meter("sts", cfg.Region, defaultRate, new(atomic.Bool))
		out, err := sts.NewFromConfig(meter(cfg)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			r.fail("sts", cfg.Region, err)
			refused = err
			continue
		}
		r.account = aws.ToString(out.Account)
		for i := range services {
			svc := &services[i]
			if r.source.Without[svc.name] != "" || svc.global && global {
				continue
			}
			rd := &reader{
				run: r, svc: svc, region: cfg.Region, account: r.account, partition: partitionOf(aws.ToString(out.Arn)),
				tags: &tagIndex{}, emulated: new(atomic.Bool),
			}
			rd.cfg = r.meter(svc.name, cfg.Region, svc.rate, rd.emulated)(cfg)
			readers = append(readers, rd)
		}
		global = true
		shareTags(readers, cfg.Region)
	}
	if len(readers) == 0 {
		hint := "Check the profile, the role and the region: aws sts get-caller-identity"
		if mistrusted(refused) {
			hint = "Name a file with the authority's certificate in AWS_CA_BUNDLE."
		}
		return nil, fmt.Errorf("reading %s: asking who we are (sts:GetCallerIdentity): %w\n  %s", r.source.Text, plainError(refused), hint)
	}
	return readers, nil
}

func partitionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 3); len(parts) == 3 && parts[1] != "" {
		return parts[1]
	}
	return "aws"
}

// config is how AWS is spoken to in one region, "" for the user's own.
func (r *run) config(ctx context.Context, region string) (aws.Config, error) {
	load := []func(*config.LoadOptions) error{config.WithRetryer(retryer), config.WithLogger(logging.Nop{})}
	if region != "" {
		load = append(load, config.WithRegion(region))
	}
	if r.source.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(r.source.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, append(load, r.opt.Load...)...)
	if err != nil {
		return cfg, err
	}
	if cfg.Region == "" {
		return cfg, errors.New("no region is given\n  Name it in the source, as aws://us-east-1, or set AWS_REGION")
	}
	if r.source.Role != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), r.source.Role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "maquette"
			if r.source.ExternalID != "" {
				o.ExternalID = &r.source.ExternalID
			}
		}))
	}
	return cfg, nil
}

// list runs all readers side by side. Where what belongs can be told of each thing
// alone, a service goes on with its details while others still list.
func (r *run) list(ctx context.Context, readers []*reader) {
	alone := len(r.source.Select.VPCs) == 0 && r.source.Select.Stack == ""
	var wg sync.WaitGroup
	for _, rd := range readers {
		wg.Go(func() {
			rd.svc.read(ctx, rd)
			if alone {
				rd.goOn(ctx)
			}
			r.done.Add(1)
			r.progress()
		})
	}
	wg.Wait()
}

func (r *run) progress() {
	if r.opt.Progress != nil {
		r.opt.Progress(Progress{int(r.calls.Load()), int(r.throttles.Load()), int(r.done.Load()), r.services})
	}
}

// snapshot names what was chosen and puts it together.
func (r *run) snapshot(chosen []*record) *parity.Snapshot {
	snap := &parity.Snapshot{Sources: []string{r.source.Text}, Providers: map[string]string{}, Externals: r.externals, Shows: r.shows()}
	r.name(chosen)
	for _, rec := range chosen {
		snap.Resources = append(snap.Resources, rec.resource())
	}
	slices.SortFunc(snap.Externals, func(a, b parity.External) int { return strings.Compare(a.Address+a.Names[0], b.Address+b.Names[0]) })
	slices.SortFunc(snap.Resources, func(a, b parity.Resource) int { return strings.Compare(a.Address(), b.Address()) })
	snap.Incomplete = r.incomplete()
	if len(snap.Resources) == 0 && len(snap.Incomplete) == 0 {
		snap.Incomplete = append(snap.Incomplete, parity.Gap{Source: r.source.Text, Reason: "nothing in the account belongs to the environment as it is described" + r.source.describe()})
	}
	r.known.finish(snap, r)
	return snap
}
