package live

// inStack reports whether a record is of the CloudFormation stack that the
// selection names, or of one nested in it, by the tags that CloudFormation sets.
func (r *run) inStack(rec *record) bool {
	stack := rec.tags["aws:cloudformation:stack-name"]
	return stack != "" && (glob(r.source.Select.Stack, stack) || glob(r.source.Select.Stack+"-*", stack) && rec.tags["aws:cloudformation:root"] != "")
}
