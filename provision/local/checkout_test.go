package local

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gitRepository is a user's repository with a commit on main.
type gitRepository struct {
	t   testing.TB
	dir string
}

func newGitRepository(t testing.TB) gitRepository {
	t.Helper()
	r := gitRepository{t, canonical(t.TempDir())}
	r.git("init", "--quiet", "--initial-branch", "main")
	r.commit("version", "one\n")
	return r
}

func (r gitRepository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{
		"-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false",
	}, args...)...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "git %s: %s", args, out)
	return strings.TrimSpace(string(out))
}

func (r gitRepository) commit(file, content string) string {
	r.t.Helper()
	require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, file), []byte(content), 0o644))
	r.git("add", file)
	r.git("commit", "--quiet", "--message", "Changes "+file)
	return r.git("rev-parse", "HEAD")
}

// listing tells of all files with their contents, but for git's objects.
func (r gitRepository) listing() string {
	r.t.Helper()
	var all strings.Builder
	require.NoError(r.t, filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "objects" || entry.Name() == "hooks"):
			return fs.SkipDir
		case entry.IsDir():
			fmt.Fprintln(&all, path)
			return nil
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %q\n", path, data)
		return err
	}))
	return all.String()
}

type checkoutBench struct {
	t testing.TB
	*checkoutResource
}

func newCheckoutBench(t testing.TB) checkoutBench {
	return checkoutBench{t, &checkoutResource{&providerData{Home: canonical(t.TempDir()), Instance: "try-x", ID: "3333"}}}
}

func (b checkoutBench) model(name, repository, ref string, build ...string) checkoutModel {
	m := checkoutModel{
		Name: types.StringValue(name), Repository: types.StringValue(repository), Ref: types.StringValue(ref),
		Build: types.ListNull(types.StringType), Environment: types.MapNull(types.StringType), BuildTimeout: types.StringNull(),
		Commit: types.StringUnknown(),
	}
	if len(build) > 0 {
		var words []attr.Value
		for _, word := range build {
			words = append(words, types.StringValue(word))
		}
		m.Build = types.ListValueMust(types.StringType, words)
	}
	return m
}

func (b checkoutBench) read(m checkoutModel, file string) string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(m.Path.ValueString(), file))
	require.NoError(b.t, err)
	return string(data)
}

func (b checkoutBench) gone() {
	b.t.Helper()
	entries, err := os.ReadDir(filepath.Join(b.data.Home, "run"))
	if err == nil {
		assert.Empty(b.t, entries)
	}
}

func TestCheckoutFollowsItsBranch(t *testing.T) {
	ctx := context.Background()
	r, b := newGitRepository(t), newCheckoutBench(t)
	first := r.git("rev-parse", "HEAD")
	other := r.git("commit-tree", "-p", "HEAD", "-m", "second", "HEAD^{tree}")
	r.git("branch", "feature", other)
	// The user is in the midst of something: a changed file, one that is staged, and one that git does not know.
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "version"), []byte("unsaved\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "staged"), []byte("staged\n"), 0o644))
	r.git("add", "staged")
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".git", "hooks", "post-checkout"), []byte("#!/bin/sh\ntouch "+r.dir+"/hooked\n"), 0o755))
	before := r.listing()

	m := b.model("release", r.dir, "main", "sh", "-c", "cp version built; pwd > where")
	require.NoError(t, b.make(ctx, &m))
	assert.Equal(t, first, m.Commit.ValueString())
	assert.Equal(t, filepath.Join(b.data.Home, "run", "try-x", "checkouts", "release"), m.Path.ValueString())
	assert.Equal(t, "one\n", b.read(m, "built"))
	found, err := head(ctx, m.Path.ValueString())
	require.NoError(t, err)
	assert.Equal(t, first, found)
	firstDir, err := filepath.EvalSymlinks(m.Path.ValueString())
	require.NoError(t, err)
	assert.Equal(t, firstDir+"\n", b.read(m, "where"), "what a build notes of its directory must stay true")

	// A build that fails changes nothing, and tells why.
	bad := b.model("release", r.dir, "feature", "sh", "-c", "echo SECRET is $TOKEN; echo no such thing >&2; exit 3")
	bad.Environment = types.MapValueMust(types.StringType, map[string]attr.Value{"TOKEN": types.StringValue("canary-checkout")})
	err = b.make(ctx, &bad)
	require.ErrorContains(t, err, fmt.Sprintf("building %.12s (feature): sh: exit status 3:\n  SECRET is (secret)\n  no such thing", other))
	assert.Equal(t, "one\n", b.read(m, "built"))
	assert.Equal(t, 2, strings.Count(r.git("worktree", "list"), "\n")+1, "the user's and the one in use")

	slow := b.model("release", r.dir, "feature", "sh", "-c", "sleep 60 & sleep 60")
	slow.BuildTimeout = types.StringValue("300ms")
	started := time.Now()
	require.ErrorContains(t, b.make(ctx, &slow), "it was not done after 300ms")
	assert.Less(t, time.Since(started), 30*time.Second)

	// The path stays, and who still runs in the old directory can go on for now.
	next := b.model("release", r.dir, "feature", "cp", "version", "built2")
	require.NoError(t, b.make(ctx, &next))
	assert.Equal(t, other, next.Commit.ValueString())
	assert.Equal(t, m.Path, next.Path)
	assert.Equal(t, "one\n", b.read(next, "built2"))
	assert.DirExists(t, firstDir)
	require.NoError(t, b.make(ctx, &next))
	assert.NoDirExists(t, firstDir)

	require.NoError(t, b.tree(m).remove(ctx))
	b.gone()
	assert.Equal(t, before, r.listing(), "the user's repository has changed")
	require.NoError(t, b.tree(m).remove(ctx), "what is gone already is removed")
}

func TestCheckoutNames(t *testing.T) {
	ctx := context.Background()
	r := newGitRepository(t)
	first := r.git("rev-parse", "HEAD")
	r.git("tag", "-a", "-m", "release", "v1")
	r.git("tag", "both")
	second := r.commit("version", "two\n")
	r.git("branch", "both")
	r.git("branch", "feature/x", first)
	bare := filepath.Join(t.TempDir(), "bare.git")
	r.git("clone", "--quiet", "--bare", r.dir, bare)
	clone := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "--quiet", r.dir, clone)

	for _, source := range []string{r.dir, r.dir + "/.git", bare, clone, "file://" + bare} {
		repository, err := openRepository(ctx, source)
		require.NoError(t, err, source)
		refs := map[string]string{"main": second, "v1": first, "feature/x": first, first: first, "HEAD": second}
		if source != clone { // which has no branch of its own but main
			refs["both"] = second
		}
		if !strings.Contains(source, "://") {
			refs[first[:10]], refs["main~1"] = first, first
		}
		for ref, want := range refs {
			commit, err := repository.resolve(ctx, ref)
			require.NoError(t, err, "%s of %s", ref, source)
			assert.Equal(t, want, commit, "%s of %s", ref, source)
		}
		_, err = repository.resolve(ctx, "nosuch")
		require.ErrorContains(t, err, `"nosuch"`, source)
	}
	repository, err := openRepository(ctx, r.dir)
	require.NoError(t, err)
	_, err = repository.resolve(ctx, "nosuch")
	require.ErrorContains(t, err, "its latest branches: ")

	require.NoError(t, os.Mkdir(filepath.Join(r.dir, "sub"), 0o755))
	for source, want := range map[string]string{
		filepath.Join(r.dir, "sub"):             "is inside of the git repository " + r.dir + ", and",
		filepath.Join(r.dir, "version"):         "is not a directory",
		filepath.Join(r.dir, "nosuch"):          "no such file",
		t.TempDir():                             "is no git repository",
		"https://me:canary-git@example.com/x":   "has a password in it",
		"https://me:canary%2Fgit@example.com/x": "has a password in it",
	} {
		_, err := openRepository(ctx, source)
		require.ErrorContains(t, err, want, source)
		assert.NotContains(t, err.Error(), "canary")
	}
}

func TestCheckoutOfURL(t *testing.T) {
	ctx := context.Background()
	r, b := newGitRepository(t), newCheckoutBench(t)
	first := r.git("rev-parse", "HEAD")
	r.commit("version", "two\n")
	for ref, want := range map[string]string{"main": "two\n", first: "one\n"} {
		m := b.model("cloned", "file://"+r.dir, ref)
		require.NoError(t, b.make(ctx, &m))
		assert.Equal(t, want, b.read(m, "version"))
		shallow, err := (&repository{Source: m.Path.ValueString()}).git(ctx, "rev-parse", "--is-shallow-repository")
		require.NoError(t, err)
		assert.Equal(t, "true", shallow)
	}
	require.NoError(t, b.tree(b.model("cloned", "", "")).remove(ctx))
	b.gone()
}

func TestCheckoutsAtOnce(t *testing.T) {
	ctx := context.Background()
	r, b := newGitRepository(t), newCheckoutBench(t)
	before := r.listing()
	const n = 10
	errs := make(chan error)
	each := func(do func(m checkoutModel) error) {
		for i := range n {
			go func() { errs <- do(b.model(fmt.Sprintf("at-once-%d", i), r.dir, "main")) }()
		}
		for range n {
			require.NoError(t, <-errs)
		}
	}
	each(func(m checkoutModel) error { return b.make(ctx, &m) })
	assert.Equal(t, n+1, strings.Count(r.git("worktree", "list"), "\n")+1)
	each(func(m checkoutModel) error { return b.tree(m).remove(ctx) })
	assert.Equal(t, before, r.listing())
	b.gone()
}

func TestCheckoutAfterAKill(t *testing.T) {
	ctx := context.Background()
	r, b := newGitRepository(t), newCheckoutBench(t)
	before := r.listing()
	m := b.model("killed", r.dir, "main", "cp", "version", "built")
	require.NoError(t, b.make(ctx, &m))
	dir := b.tree(m).dir()
	// What kills leave: a directory that was not built, one without its repository's registration, a registration
	// without a directory, one that git had not written yet, and a link that was not renamed.
	r.git("worktree", "add", "--quiet", "--detach", filepath.Join(dir, "killed-1"), "main")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "killed-2"), 0o755))
	r.git("worktree", "add", "--quiet", "--detach", filepath.Join(dir, "killed-3"), "main")
	require.NoError(t, os.Remove(filepath.Join(dir, "killed-3", ".git")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "killed-4"), 0o755))
	registration := filepath.Join(r.dir, ".git", "worktrees", "killed-4")
	require.NoError(t, os.Mkdir(registration, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(registration, "locked"), []byte("initializing"), 0o644))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "next")))
	readOnly := filepath.Join(dir, "killed-1", "cache")
	require.NoError(t, os.Mkdir(readOnly, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(readOnly, "file"), nil, 0o444))
	require.NoError(t, os.Chmod(readOnly, 0o555))

	old := b.tree(m).current()
	require.NoError(t, b.make(ctx, &m))
	assert.Equal(t, "one\n", b.read(m, "built"))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	assert.ElementsMatch(t, []string{treeRecordFile, filepath.Base(old), filepath.Base(b.tree(m).current())}, names)

	found, err := checkoutLeftovers(ctx, b.data.Home, "try-x")
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "killed", found[0].Name)
	others, err := checkoutLeftovers(ctx, b.data.Home, "try-y")
	require.NoError(t, err)
	assert.Empty(t, others)
	// As after the registry was lost: the name has another ID now.
	gone, left, err := Platform{b.data.Home}.Sweep(ctx, "try-x", "4444")
	require.NoError(t, err)
	require.NotEmpty(t, gone)
	assert.Equal(t, found[0], gone[0])
	assert.Empty(t, left)
	b.gone()
	assert.Equal(t, before, r.listing())
}

// The repository may be gone before its checkouts are.
func TestCheckoutWithoutItsRepository(t *testing.T) {
	ctx := context.Background()
	r, b := newGitRepository(t), newCheckoutBench(t)
	m := b.model("orphan", r.dir, "main")
	require.NoError(t, b.make(ctx, &m))
	require.NoError(t, os.RemoveAll(r.dir))
	_, err := head(ctx, m.Path.ValueString())
	require.Error(t, err)
	require.NoError(t, b.tree(m).remove(ctx))
	b.gone()
}

func TestChildEnvironment(t *testing.T) {
	t.Setenv("TF_VAR_password", "canary")
	t.Setenv("MAQUETTE_ROLE", "supervisor")
	t.Setenv("GIT_DIR", "/elsewhere")
	t.Setenv("GIT_CONFIG_COUNT", "0")
	t.Setenv("KEPT", "yes")
	out, err := child{Args: []string{"env"}, Dir: t.TempDir(), Env: []string{"KEPT2=also"}}.run(context.Background())
	require.NoError(t, err)
	assert.NotRegexp(t, `(?m)^(TF_|MAQUETTE_|GIT_DIR|GIT_CONFIG)`, out)
	assert.Regexp(t, `(?m)^KEPT=yes$`, out)
	assert.Regexp(t, `(?m)^KEPT2=also$`, out)
	out, err = child{Args: []string{"sh", "-c", "echo out; echo err >&2; exit 1"}, Mixed: true}.run(context.Background())
	require.EqualError(t, err, "sh: exit status 1:\n  out\n  err")
	assert.Empty(t, out)
}

// Where git is missing the repository is not blamed.
func TestCheckoutWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := openRepository(t.Context(), t.TempDir())
	require.EqualError(t, err, "git is not on PATH; a checkout needs it")
}
