package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// policy is that of the candidate's definition, with files laid over it. Nil: there is none.
func (o *observer) policy(files []string, candidate named) (*provision.ParityPolicy, error) {
	var policy *provision.ParityPolicy
	if o.defs != nil && o.defs.Environments[candidate.environment] != nil {
		policy = o.defs.Environments[candidate.environment].Parity
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading the policy %s: %w", name, reason(err))
		}
		over, err := o.project.readPolicy(provision.File{Name: name, Data: data})
		if err != nil {
			return nil, err
		}
		policy = over.Over(policy)
	}
	return policy, nil
}

// readPolicy decodes a policy. What is wrong with it is printed, and the error says how much it is.
func (p *project) readPolicy(file provision.File) (*provision.ParityPolicy, error) {
	policy, diags := provision.ParsePolicy(file)
	if !diags.HasErrors() {
		return policy, nil
	}
	if err := file.WriteDiagnostics(p.err, diags, 100, colours(p.err)); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the policy %s cannot be used: %s, above", file.Name, plural.Count(len(diags.Errs()), "error"))
}

// judgeBy lays a policy under what flags say.
func (p *project) judgeBy(policy *provision.ParityPolicy, opt *parity.Options, changed func(flag string) bool) error {
	if policy == nil {
		return nil
	}
	if policy.FailOn != "" && !changed("fail-on") {
		if err := opt.FailOn.UnmarshalText([]byte(policy.FailOn)); err != nil {
			return fmt.Errorf("%s: fail_on: %w", policy.Range, err)
		}
	}
	if policy.Tolerance != nil && !changed("tolerance") {
		opt.Tolerance = *policy.Tolerance
	}
	if policy.SizeStep != nil && !changed("size-step") {
		opt.SizeStep = *policy.SizeStep
	}
	opt.Custom = provision.CustomRules(policy.Rules, p.shown)
	for _, s := range policy.Severity {
		opt.Severity = append(opt.Severity, parity.RuleSeverity{Rule: s.Rule, Level: s.Level})
	}
	for _, ig := range policy.Ignore {
		opt.Ignore = append(opt.Ignore, parity.Ignore{
			Rule: ig.Rule, Type: ig.Type, Attribute: ig.Attribute, Address: ig.Address, Reason: ig.Reason, Location: location(ig.Range),
		})
	}
	for _, w := range policy.Waive {
		acceptance := waiveOf(w)
		acceptance.Location = location(w.Range)
		opt.Waive = append(opt.Waive, acceptance)
	}
	return nil
}

// waiveOf is a waiver of a definition as the comparison takes it.
func waiveOf(w provision.Waive) parity.Waive {
	return parity.Waive{
		Rule: w.Rule, Tier: w.Tier, Address: w.Address, Path: w.Path,
		Waiver: parity.Waiver{Reason: w.Reason, Owner: w.Owner, Expires: w.Expires.Format(time.DateOnly)},
	}
}

// location is a range's place. How reports name files, locate knows.
func location(r hcl.Range) *parity.Location {
	return &parity.Location{File: r.Filename, Line: r.Start.Line, Column: r.Start.Column}
}

// readReport reads the report of an earlier run; nil where no file is named.
func readReport(name string) (*parity.Report, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the report %s: %w", name, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, parity.MaxReport+1))
	if err != nil {
		return nil, fmt.Errorf("reading the report %s: %w", name, reason(err))
	}
	report, err := parity.ReadReport(data)
	if err != nil {
		return nil, fmt.Errorf("reading the report %s: %w", name, err)
	}
	return report, nil
}
