package awsstandin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const accountID = "123456789012"

// services are the parts of ARNs that do not follow from the type's second word.
var services = map[string]string{
	"lb": "elasticloadbalancing", "vpc": "ec2", "subnet": "ec2", "instance": "ec2", "security": "ec2", "launch": "ec2", "internet": "ec2",
	"route": "ec2", "nat": "ec2", "eip": "ec2", "db": "rds", "cloudwatch": "cloudwatch", "ssm": "ssm", "sns": "sns",
}

// copied are computed attributes that repeat another one.
var copied = map[string]string{
	"engine_version_actual": "engine_version", "arn_suffix": "name", "hosted_zone_id": "", "resource_id": "identifier",
	"default_version": "latest_version",
}

// filler fills in what AWS would have computed, the same for the same resource.
type filler struct {
	typ, id, region string
	prior           tftypes.Value
}

// fill returns a planned value with everything known.
func (f filler) fill(planned tftypes.Value) tftypes.Value {
	values := members(planned)
	for name, value := range values {
		values[name] = f.known(name, value, values)
	}
	return tftypes.NewValue(planned.Type(), values)
}

// known returns a value of which nothing is unknown.
func (f filler) known(name string, v tftypes.Value, siblings map[string]tftypes.Value) tftypes.Value {
	switch {
	case v.IsFullyKnown():
		return v
	case v.IsKnown():
		if inner := members(v); inner != nil {
			for key, x := range inner {
				inner[key] = f.known(key, x, inner)
			}
			return tftypes.NewValue(v.Type(), inner)
		}
		list := items(v)
		for i, x := range list {
			list[i] = f.known(name, x, nil)
		}
		return tftypes.NewValue(v.Type(), list)
	case v.Type().Is(tftypes.String):
		return tftypes.NewValue(tftypes.String, f.text(name, siblings))
	case v.Type().Is(tftypes.Bool):
		return tftypes.NewValue(tftypes.Bool, false)
	case name == "desired_capacity" && siblings["min_size"].IsKnown() && !siblings["min_size"].IsNull():
		return siblings["min_size"]
	case v.Type().Is(tftypes.Number):
		return tftypes.NewValue(tftypes.Number, f.number(name))
	}
	switch typ := v.Type().(type) {
	case tftypes.Map:
		return tftypes.NewValue(typ, map[string]tftypes.Value{})
	case tftypes.Object:
		inner := map[string]tftypes.Value{}
		for key, t := range typ.AttributeTypes {
			inner[key] = f.known(key, tftypes.NewValue(t, tftypes.UnknownValue), nil)
		}
		return tftypes.NewValue(typ, inner)
	case tftypes.List:
		// RDS keeps the password in a secret of its own where it is asked to.
		if name == "master_user_secret" && truth(siblings["manage_master_user_password"]) {
			return tftypes.NewValue(typ, []tftypes.Value{f.known("", tftypes.NewValue(typ.ElementType, tftypes.UnknownValue), nil)})
		}
	}
	return tftypes.NewValue(v.Type(), []tftypes.Value{})
}

// number counts what is renewed, and leaves the rest 0.
func (f filler) number(name string) *big.Float {
	before := new(big.Float)
	if was := member(f.prior, name); was.Type() != nil && was.IsKnown() && !was.IsNull() {
		_ = was.As(&before)
	}
	switch name {
	case "latest_version", "revision", "version":
		return new(big.Float).Add(before, big.NewFloat(1))
	}
	return before
}

func (f filler) text(name string, siblings map[string]tftypes.Value) string {
	if other, ok := copied[name]; ok {
		if s, ok := text(siblings[other]); ok {
			return s
		}
	}
	kind := strings.TrimPrefix(f.typ, "aws_")
	switch {
	case name == "id" && (f.typ == "aws_lb" || f.typ == "aws_lb_target_group" || f.typ == "aws_lb_listener" || f.typ == "aws_sns_topic" || f.typ == "aws_ecs_cluster" || f.typ == "aws_ecs_service"):
		return f.arn(kind)
	case name == "id":
		return f.id
	case name == "arn" || strings.HasSuffix(name, "_arn") && siblings["arn"].Type() != nil:
		return f.arn(kind)
	case name == "secret_arn":
		return "arn:aws:secretsmanager:" + f.region + ":" + accountID + ":secret:rds!" + f.short()
	case name == "owner_id" || name == "account_id" || name == "registry_id":
		return accountID
	case strings.HasSuffix(name, "dns_name") || name == "endpoint" || strings.HasSuffix(name, "endpoint_address") || name == "reader_endpoint" || name == "address" || name == "domain_name":
		return f.short() + "." + strings.ReplaceAll(kind, "_", "-") + "." + f.region + ".amazonaws.com"
	case strings.HasSuffix(name, "_ip") && name != "preserve_client_ip":
		sum := sha256.Sum256([]byte(name + f.id))
		return fmt.Sprintf("10.%d.%d.%d", sum[0], sum[1], sum[2])
	case name == "availability_zone":
		return f.region + "a"
	case name == "version":
		return fmt.Sprint(f.number(name))
	case strings.HasSuffix(name, "_id") || name == "network_interface":
		return f.short()
	}
	return ""
}

func (f filler) arn(kind string) string {
	service, _, _ := strings.Cut(kind, "_")
	if s, ok := services[service]; ok {
		service = s
	}
	return "arn:aws:" + service + ":" + f.region + ":" + accountID + ":" + strings.ReplaceAll(kind, "_", "-") + "/" + f.id
}

// short is an identifier that follows from the resource's.
func (f filler) short() string {
	sum := sha256.Sum256([]byte(f.typ + f.id))
	return hex.EncodeToString(sum[:6])
}
