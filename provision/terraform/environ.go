package terraform

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// pluginVariables are those by which go-plugin and Terraform talk to a provider. We may have been started by one, and
// Terraform is not to take them for its own.
var pluginVariables = []string{
	"TF_PLUGIN_MAGIC_COOKIE", // it says that the process is a provider
	"PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_CLIENT_CERT", "PLUGIN_MULTIPLEX_GRPC",
	"PLUGIN_UNIX_SOCKET_DIR", "PLUGIN_UNIX_SOCKET_GROUP",
}

// cleanEnviron returns the caller's environment, less what would change which state is used or how the answer looks.
// Credentials, proxies and TF_TOKEN_* stay. Variables, TF_VAR_*, are apart: terraform-exec refuses them in favour of
// command-line options, where everybody can read them, and which `state pull` has not.
func cleanEnviron(environ []string) (env, variables map[string]string) {
	env = make(map[string]string, len(environ))
	variables = map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) {
			variables[name] = value
		} else {
			env[name] = value
		}
	}
	env = tfexec.CleanEnv(env)         // TF_CLI_ARGS*, TF_WORKSPACE, TF_REATTACH_PROVIDERS, TF_INPUT, TF_LOG*
	delete(env, "TF_PLUGIN_CACHE_DIR") // it fails where the directory is not there, and while several fill it
	delete(env, "TF_DATA_DIR")
	for _, name := range pluginVariables {
		delete(env, name)
	}
	env["CHECKPOINT_DISABLE"] = "1" // no call home
	return env, variables
}

// setEnviron gives an environment to Terraform. terraform-exec keeps the map and reads it for each command, so that
// variables can go in after it has looked for what it refuses.
func setEnviron(tf *tfexec.Terraform, env, variables map[string]string) error {
	if err := tf.SetEnv(env); err != nil {
		return err
	}
	maps.Copy(env, variables)
	return nil
}

// observerEnviron is the environment for reading a directory of the user's, with a data directory of our own.
func observerEnviron(environ []string, shadow *shadow) (env, variables map[string]string, err error) {
	env, variables = cleanEnviron(environ)
	env["TF_DATA_DIR"] = shadow.path
	if config := env["TF_CLI_CONFIG_FILE"]; config != "" {
		if env["TF_CLI_CONFIG_FILE"], err = cliConfig(config, shadow); err != nil {
			return nil, nil, err
		}
	}
	return env, variables, nil
}

// maxTemp is how long the path of the temporary directory may be: providers put their sockets there, whose paths end
// after 104 bytes.
const maxTemp = 75

// driverEnviron is the environment for running a job.
func (d *Driver) driverEnviron(environ []string, w *workdir) (env, variables map[string]string) {
	env, variables = cleanEnviron(environ)
	delete(env, "TERRAFORM_CONFIG") // an older name of TF_CLI_CONFIG_FILE
	for name := range env {
		if strings.HasPrefix(name, shimPrefix) || name == envMark {
			delete(env, name)
		}
	}
	if len(env["TMPDIR"]) > maxTemp {
		env["TMPDIR"] = "/tmp"
	}
	for name, token := range w.cli.tokens {
		if _, ok := env[name]; !ok {
			env[name] = token
		}
	}
	env["TF_CLI_CONFIG_FILE"] = w.cliPath
	env["MAQUETTE_HOME"] = d.Home
	env["MAQUETTE_INSTANCE"] = w.job.Instance
	env["MAQUETTE_INSTANCE_ID"] = w.job.ID
	env[envRole] = RoleShim
	env[envExec] = w.tool.path
	env[envDir] = w.instance
	env[envCache] = d.cache()
	if w.local() {
		env[envState] = w.state()
	}
	return env, variables
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

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
