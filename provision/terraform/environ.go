package terraform

import (
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// setEnviron gives Terraform the caller's environment, less what would change which state is read or how the answer
// looks. Credentials, proxies, TF_TOKEN_* and TF_VAR_* stay.
func setEnviron(tf *tfexec.Terraform, environ []string, shadow *shadow) error {
	env := make(map[string]string, len(environ))
	variables := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "TF_VAR_") {
			variables[name] = value
		} else {
			env[name] = value
		}
	}

	env = tfexec.CleanEnv(env)            // TF_CLI_ARGS*, TF_WORKSPACE, TF_REATTACH_PROVIDERS, TF_INPUT, TF_LOG*
	delete(env, "TF_PLUGIN_CACHE_DIR")    // it fails where the directory is not there
	delete(env, "TF_PLUGIN_MAGIC_COOKIE") // it says that the process is a provider
	env["CHECKPOINT_DISABLE"] = "1"       // no call home
	env["TF_DATA_DIR"] = shadow.path
	if config := env["TF_CLI_CONFIG_FILE"]; config != "" {
		config, err := cliConfig(config, shadow)
		if err != nil {
			return err
		}
		env["TF_CLI_CONFIG_FILE"] = config
	}

	if err := tf.SetEnv(env); err != nil {
		return err
	}
	// SetEnv refuses TF_VAR_* in favour of command-line options, which `state pull` has not, although OpenTofu may need
	// them to find or to decrypt a state. It keeps the map and reads it for each command, so they go in afterwards.
	maps.Copy(env, variables)
	return nil
}

// cliConfig returns the absolute path of the CLI configuration file, as Terraform runs in another directory.
// A file that is not there is replaced by an empty one: Terraform takes it as such too, but fails some commands and
// warns in all others.
func cliConfig(path string, shadow *shadow) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return shadow.write("empty.tfrc", nil)
}

// setLog honours TF_LOG where TF_LOG_PATH says which file it goes to. Without one it would go to stderr, among errors.
// It asks for Terraform's version, unless that is known.
func setLog(tf *tfexec.Terraform) error {
	level, path := os.Getenv("TF_LOG"), os.Getenv("TF_LOG_PATH")
	if level == "" || path == "" {
		return nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := tf.SetLog(level); err != nil {
		return err
	}
	return tf.SetLogPath(path)
}
