package awsstandin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// prefixes of ids, where AWS gives them one.
var prefixes = map[string]string{
	"aws_vpc": "vpc-", "aws_subnet": "subnet-", "aws_internet_gateway": "igw-", "aws_nat_gateway": "nat-", "aws_eip": "eipalloc-",
	"aws_route_table": "rtb-", "aws_route_table_association": "rtbassoc-", "aws_security_group": "sg-", "aws_instance": "i-",
	"aws_launch_template": "lt-", "aws_vpc_security_group_ingress_rule": "sgr-", "aws_vpc_security_group_egress_rule": "sgr-",
}

// named are the attributes that name a resource, the first that is set; its id is that name unless it has a prefix.
var named = []string{"name", "identifier", "cluster_identifier", "replication_group_id", "function_name", "bucket", "family", "alarm_name", "name_prefix", "identifier_prefix", "cluster_name"}

// perParent are types whose names are unique within something else alone.
var perParent = map[string]bool{"aws_iam_role_policy": true, "aws_ecs_task_definition": true, "aws_ecs_service": true, "aws_appautoscaling_policy": true, "aws_route53_record": true}

// account is a directory with a file for each resource.
type account struct{ dir string }

// file is that of a resource, which may be called by its ARN.
func (a account) file(typ, id string) string {
	if strings.HasPrefix(id, "arn:") {
		_, id, _ = strings.Cut(id, "/")
	}
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(a.dir, typ, hex.EncodeToString(sum[:8]))
}

func (a account) has(typ, id string) bool {
	_, err := os.Stat(a.file(typ, id))
	return err == nil
}

func (a account) remove(typ, id string) error {
	if err := os.Remove(a.file(typ, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// add gives a resource its id: the same for the same resource, and none twice.
func (a account) add(typ string, planned tftypes.Value) (string, error) {
	if err := os.MkdirAll(filepath.Join(a.dir, typ), 0o700); err != nil {
		return "", err
	}
	name := ""
	for _, attribute := range named {
		if s, ok := text(member(planned, attribute)); ok && name == "" {
			name = s
		}
	}
	prefix, hashed := prefixes[typ], perParent[typ]
	for n := range 10_000 {
		id := name
		if hashed || prefix != "" || name == "" {
			sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", typ, planned, n))
			id = prefix + hex.EncodeToString(sum[:])[:17]
		} else if n > 0 {
			return "", fmt.Errorf("creating %s: there is one called %q already", typ, name)
		}
		file, err := os.OpenFile(a.file(typ, id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return id, file.Close()
	}
	return "", fmt.Errorf("creating %s: there are too many that are the same", typ)
}
