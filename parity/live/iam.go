package live

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamAPI interface {
	GetPolicy(context.Context, *iam.GetPolicyInput, ...func(*iam.Options)) (*iam.GetPolicyOutput, error)
	GetPolicyVersion(context.Context, *iam.GetPolicyVersionInput, ...func(*iam.Options)) (*iam.GetPolicyVersionOutput, error)
	GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
	GetRolePolicy(context.Context, *iam.GetRolePolicyInput, ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error)
	ListAttachedRolePolicies(context.Context, *iam.ListAttachedRolePoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error)
	ListInstanceProfiles(context.Context, *iam.ListInstanceProfilesInput, ...func(*iam.Options)) (*iam.ListInstanceProfilesOutput, error)
	ListPolicies(context.Context, *iam.ListPoliciesInput, ...func(*iam.Options)) (*iam.ListPoliciesOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
	ListRoles(context.Context, *iam.ListRolesInput, ...func(*iam.Options)) (*iam.ListRolesOutput, error)
}

func readIAM(ctx context.Context, r *reader) {
	var api iamAPI = iam.NewFromConfig(r.cfg)
	pages(ctx, r, iam.NewListRolesPaginator(api, &iam.ListRolesInput{MaxItems: aws.Int32(1000)}), func(out *iam.ListRolesOutput) {
		each(ctx, out.Roles, func(x types.Role) {
			path := aws.ToString(x.Path)
			if strings.HasPrefix(path, "/aws-service-role/") || strings.HasPrefix(path, "/aws-reserved/") {
				return
			}
			addRole(ctx, r, api, x)
		})
	})
	pages(ctx, r, iam.NewListPoliciesPaginator(api, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, MaxItems: aws.Int32(1000)}), func(out *iam.ListPoliciesOutput) {
		each(ctx, out.Policies, func(p types.Policy) { addPolicy(ctx, r, api, p) })
	})
	pages(ctx, r, iam.NewListInstanceProfilesPaginator(api, &iam.ListInstanceProfilesInput{MaxItems: aws.Int32(1000)}), func(out *iam.ListInstanceProfilesOutput) {
		for _, p := range out.InstanceProfiles {
			attrs := obj{"id": p.InstanceProfileName, "arn": p.Arn, "name": p.InstanceProfileName, "path": p.Path, "role": ""}
			var part, uses []key
			for _, role := range p.Roles {
				attrs["role"] = role.RoleName
				part = append(part, key{"aws_iam_role", aws.ToString(role.RoleName)})
				uses = append(uses, key{"aws_iam_role", aws.ToString(role.RoleName)})
			}
			r.add(record{typ: "aws_iam_instance_profile", name: aws.ToString(p.InstanceProfileName), attrs: attrs, partOf: part, uses: uses})
		}
	})
}

// addRole adds a role. Its tags are asked for one by one, as no list tells them,
// and only where they decide whether it belongs.
func addRole(ctx context.Context, r *reader, api iamAPI, x types.Role) {
	name := aws.ToString(x.RoleName)
	attrs := obj{
		"id": name, "arn": x.Arn, "name": name, "path": x.Path, "description": x.Description, "max_session_duration": x.MaxSessionDuration,
		"assume_role_policy": policyText(x.AssumeRolePolicyDocument), "unique_id": x.RoleId, "permissions_boundary": "",
	}
	if x.CreateDate != nil {
		attrs["create_date"] = x.CreateDate
	}
	if b := x.PermissionsBoundary; b != nil {
		attrs["permissions_boundary"] = b.PermissionsBoundaryArn
	}
	rec := &record{typ: "aws_iam_role", name: name, attrs: attrs}
	tags := func() map[string]string {
		out, ok := call(ctx, r, api.GetRole, &iam.GetRoleInput{RoleName: &name})
		if !ok || out.Role == nil {
			return nil
		}
		return tagMap(out.Role.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
	}
	early := len(r.source.Select.Tags) > 0
	if early {
		rec.tags = tags()
	}
	rec = r.add(*rec)
	rec.detail = func() {
		if !early {
			rec.tags = tags()
		}
		rolePolicies(ctx, r, api, name, attrs)
	}
}

// addPolicy adds a policy of the account's own. As with roles, no list tells its tags.
func addPolicy(ctx context.Context, r *reader, api iamAPI, p types.Policy) {
	attrs := obj{"id": p.Arn, "arn": p.Arn, "name": p.PolicyName, "path": p.Path, "policy_id": p.PolicyId}
	told := func() map[string]string {
		out, ok := call(ctx, r, api.GetPolicy, &iam.GetPolicyInput{PolicyArn: p.Arn})
		if !ok || out.Policy == nil {
			return nil
		}
		attrs["description"] = out.Policy.Description
		return tagMap(out.Policy.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
	}
	r.add(record{typ: "aws_iam_policy", name: aws.ToString(p.PolicyName), attrs: attrs, told: told, detail: func() {
		if out, ok := call(ctx, r, api.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: p.DefaultVersionId}); ok && out.PolicyVersion != nil {
			attrs["policy"] = policyText(out.PolicyVersion.Document)
		}
	}})
}

// rolePolicies adds a role's policies: inline ones with what they say, managed
// ones by reference.
func rolePolicies(ctx context.Context, r *reader, api iamAPI, role string, attrs obj) {
	in := []key{{"aws_iam_role", role}}
	attached := []string{}
	inline := []obj{}
	pages(ctx, r, iam.NewListAttachedRolePoliciesPaginator(api, &iam.ListAttachedRolePoliciesInput{RoleName: &role}), func(out *iam.ListAttachedRolePoliciesOutput) {
		for _, p := range out.AttachedPolicies {
			attached = append(attached, aws.ToString(p.PolicyArn))
			r.add(record{typ: "aws_iam_role_policy_attachment", name: role + "-" + aws.ToString(p.PolicyName), partOf: in, uses: []key{{"aws_iam_policy", aws.ToString(p.PolicyArn)}}, attrs: obj{
				"id": role + "/" + aws.ToString(p.PolicyArn), "role": role, "policy_arn": p.PolicyArn,
			}})
		}
	})
	var names []string
	pages(ctx, r, iam.NewListRolePoliciesPaginator(api, &iam.ListRolePoliciesInput{RoleName: &role}), func(out *iam.ListRolePoliciesOutput) {
		names = append(names, out.PolicyNames...)
	})
	for _, name := range names {
		if out, ok := call(ctx, r, api.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name}); ok {
			doc := policyText(out.PolicyDocument)
			inline = append(inline, obj{"name": name, "policy": doc})
			r.add(record{typ: "aws_iam_role_policy", name: role + "-" + name, partOf: in, attrs: obj{"id": role + ":" + name, "name": name, "role": role, "policy": doc}})
		}
	}
	attrs["managed_policy_arns"], attrs["inline_policy"] = attached, inline
}

// policyText is a policy document as people write it; IAM sends it encoded for
// URLs.
func policyText(doc *string) string {
	s := aws.ToString(doc)
	if plain, err := url.PathUnescape(s); err == nil && strings.HasPrefix(s, "%") {
		return plain
	}
	return s
}
