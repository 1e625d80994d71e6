package live

import (
	"context"
	"slices"
	"sync"

	"github.com/maquette/maquette/internal/glob"
)

// choose returns the records that belong to the environment, with all that
// comes with them.
func (r *run) choose(ctx context.Context) []*record {
	r.placeInVPCs()
	vpcs := r.wantedVPCs()
	var chosen, fresh []*record
	take := func(rec *record) {
		rec.chosen = true
		chosen, fresh = append(chosen, rec), append(fresh, rec)
	}
	for _, rec := range r.records {
		if rec.chosen || r.matches(rec, vpcs) || r.known.has(rec) {
			take(rec)
		}
	}
	// What is chosen is asked for its details, which bring parts and names of
	// what it uses, which are then chosen as well.
	for len(fresh) > 0 && ctx.Err() == nil {
		asked := fresh
		fresh = nil
		r.details(ctx, asked)
		chosen = slices.DeleteFunc(chosen, func(rec *record) bool { return rec.dropped || rec.needs.id != "" && r.index[rec.needs] == nil })
		for _, rec := range asked {
			for _, k := range rec.uses {
				if used := r.index[k]; used != nil && !used.chosen && r.admits(used) {
					take(used)
				}
			}
		}
		for _, rec := range r.records {
			if !rec.chosen && r.admits(rec) && (slices.ContainsFunc(rec.partOf, r.has) || r.has(key{"aws_vpc", rec.vpc})) {
				take(rec)
			}
		}
	}
	return chosen
}

// goOn asks for the details of what the reader has found and belongs to the
// environment, and of the parts that they bring. What belongs by way of other
// services is left to choose.
func (r *reader) goOn(ctx context.Context) {
	for ctx.Err() == nil {
		var fresh []*record
		r.mu.Lock()
		for _, rec := range r.records {
			if rec.reader == r && !rec.chosen && (r.matches(rec, nil) || r.known.has(rec) || r.admits(rec) && slices.ContainsFunc(rec.partOf, r.hasOwn)) {
				fresh = append(fresh, rec)
			}
		}
		r.mu.Unlock()
		if len(fresh) == 0 {
			return
		}
		for _, rec := range fresh {
			rec.chosen = true
		}
		r.details(ctx, fresh)
	}
}

// hasOwn reports whether the thing of a key is the reader's own, and was chosen.
func (r *reader) hasOwn(k key) bool {
	rec := r.index[k]
	return rec != nil && rec.reader == r && rec.chosen
}

// has reports whether the thing of a key was chosen.
func (r *run) has(k key) bool {
	rec := r.index[k]
	return rec != nil && rec.chosen
}

// details asks the services for what is asked of chosen things only.
func (r *run) details(ctx context.Context, chosen []*record) {
	byReader := map[*reader][]*record{}
	for _, rec := range chosen {
		if !rec.asked {
			byReader[rec.reader] = append(byReader[rec.reader], rec)
		}
	}
	var wg sync.WaitGroup
	for rd, recs := range byReader {
		wg.Go(func() { rd.details(ctx, recs) })
	}
	wg.Wait()
}

// details asks the service for what is asked of chosen things only.
func (r *reader) details(ctx context.Context, chosen []*record) {
	for _, rec := range chosen {
		rec.asked = true
	}
	if r.svc.batch != nil {
		r.svc.batch(ctx, r, chosen)
	}
	with := func(has func(*record) bool) []*record {
		return slices.DeleteFunc(slices.Clone(chosen), func(rec *record) bool { return !has(rec) })
	}
	each(ctx, with(func(rec *record) bool { return rec.detail != nil }), func(rec *record) { rec.detail() })
	// Last, as it waits for the index of tags.
	each(ctx, with(func(rec *record) bool { return rec.told != nil }), func(rec *record) { rec.tags = rec.told() })
}

// of are the records of a type.
func of(records []*record, typ string) []*record {
	var out []*record
	for _, rec := range records {
		if rec.typ == typ {
			out = append(out, rec)
		}
	}
	return out
}

// matches reports whether a record is of the environment by itself.
func (r *run) matches(rec *record, vpcs map[string]bool) bool {
	s := r.source.Select
	if s.empty() {
		return true
	}
	if len(s.Tags) == 0 && len(s.Names) == 0 && len(s.VPCs) == 0 && s.Stack == "" {
		return false // the known state alone says it
	}
	for k, patterns := range s.Tags {
		if v, ok := rec.tags[k]; !ok || !anyGlob(patterns, v) {
			return false
		}
	}
	if len(s.Names) > 0 && !anyGlob(s.Names, rec.calledBy()) && !anyGlob(s.Names, rec.text("id")) {
		return false
	}
	if len(s.VPCs) > 0 {
		alone := len(s.Tags) == 0 && len(s.Names) == 0 && s.Stack == ""
		if rec.vpc == "" && alone || rec.vpc != "" && !vpcs[rec.vpc] {
			return false
		}
	}
	return s.Stack == "" || r.ofStack(rec)
}

// admits reports whether a record that comes with a chosen one says nothing to
// the contrary: that it is another environment's.
func (r *run) admits(rec *record) bool {
	for k, patterns := range r.source.Select.Tags {
		if v, ok := rec.tags[k]; ok && !anyGlob(patterns, v) {
			return false
		}
	}
	return true
}

// placeInVPCs finds the VPC of what names subnets or security groups.
func (r *run) placeInVPCs() {
	vpcOf := map[string]string{}
	for _, rec := range r.records {
		switch rec.typ {
		case "aws_vpc":
			rec.vpc = rec.text("id")
		case "aws_subnet", "aws_security_group":
			vpcOf[rec.text("id")] = rec.text("vpc_id")
		}
	}
	var find func(v any) string
	find = func(v any) string {
		switch x := v.(type) {
		case string:
			return vpcOf[x]
		case *string:
			return vpcOf[text(x)]
		case []string:
			for _, s := range x {
				if vpcOf[s] != "" {
					return vpcOf[s]
				}
			}
		case []obj:
			for _, o := range x {
				if vpc := find(o); vpc != "" {
					return vpc
				}
			}
		case obj:
			if id := text(x["vpc_id"]); id != "" {
				return id
			}
			for _, it := range x {
				if vpc := find(it); vpc != "" {
					return vpc
				}
			}
		}
		return ""
	}
	for _, rec := range r.records {
		if rec.vpc == "" {
			rec.vpc = find(rec.attrs)
		}
	}
}

// wantedVPCs are the ids of the VPCs that the selection names.
func (r *run) wantedVPCs() map[string]bool {
	ids := map[string]bool{}
	for _, rec := range r.records {
		if rec.typ == "aws_vpc" && (anyGlob(r.source.Select.VPCs, rec.text("id")) || anyGlob(r.source.Select.VPCs, rec.calledBy())) {
			ids[rec.text("id")] = true
		}
	}
	return ids
}

func anyGlob(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return glob.Match(p, s) })
}
