#!/usr/bin/env bash
# deploy/slurm against a real slurmctld and two slurmd on this machine: slurm.sh BIN_FOLDER SOUNDS
# Configuration, keys, sockets, logs and data lie in one scratch folder; every process that was started is ended.
set -euo pipefail
bin=$(cd "$1" && pwd)
sounds=$(cd "$2" && pwd)
deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/slurm" && pwd)
export SPECTROHUE=$bin/spectrohue
options=(--n-fft 1024 --quality fast)

# For any one thing that is waited for.
deadline_s=120

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
die() {
  printf 'slurm test: %s\n' "$*" >&2
  exit 1
}

if [[ -e /etc/slurm/slurm.conf || -n ${SLURM_CONF:-} ]]; then
  die 'Slurm is configured here; this test leaves it alone'
fi
for daemon in slurmctld slurmd; do
  # Those that have ended and wait for init do not count.
  if pgrep -x -r D,R,S,T $daemon >/dev/null; then die 'Slurm runs here; this test leaves it alone'; fi
done

scratch=$(mktemp -d)
export SLURM_CONF=$scratch/etc/slurm.conf
# Names that no other process has in its environment.
nodes=("test$$a" "test$$b")

# processes_with VARIABLE=VALUE LOG: that have this in their environment, or a file of this name open. slurmstepd has
# only the latter: it writes its title over its environment. To be called in a subshell.
processes_with() {
  unset SLURM_CONF
  {
    grep -lszxF -- "$1" /proc/[0-9]*/environ || true
    find /proc/[0-9]*/fd -lname "$2" 2>/dev/null || true
  } | cut -d / -f 3 | sort -u
}

# kill_all VARIABLE=VALUE LOG: until there are none, as they may be starting others. Stopped first, so that none lives
# to report the death of another.
kill_all() {
  local pids signal
  while mapfile -t pids < <(processes_with "$@") && ((${#pids[@]})); do
    for signal in STOP KILL; do kill "-$signal" "${pids[@]}" 2>/dev/null || true; done
    sleep 0.1
  done
}

clean_up() {
  local rc=$?
  if ((rc != 0)); then tail -n 20 "$scratch"/log/*.log "$scratch"/jobs/*.out >&2 || true; fi
  kill_all "SLURM_CONF=$SLURM_CONF" "$scratch/log/*"
  rm -rf -- "$scratch"
}
trap clean_up EXIT

# wait_until WHAT COMMAND...
wait_until() {
  local what=$1 until=$((SECONDS + deadline_s))
  shift
  until "$@"; do
    ((SECONDS < until)) || die "waited $deadline_s s in vain: $what"
    sleep 0.3
  done
}

# --- the cluster -----------------------------------------------------------------------------------

# Some TCP port from PORT on that nobody listens on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

configure() {
  local host address base=$((20000 + $$ % 10000))
  host=$(hostname -s)
  address=$(getent ahostsv4 "$host" | awk 'NR == 1 { print $1 }')
  [[ -n $address ]] || die "the name of this machine, $host, has no address"
  mkdir -p "$scratch"/{etc,munge,state,log,jobs}
  chmod 755 "$scratch"
  cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host($address)
SlurmctldPort=$(free_port "$base")
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket,cred_expire=5
CryptoType=crypto/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=5
KillWait=5
SchedulerParameters=sched_interval=2
StateSaveLocation=$scratch/state
SlurmctldPidFile=$scratch/state/slurmctld.pid
SlurmctldLogFile=$scratch/log/slurmctld.log
SlurmdSpoolDir=$scratch/state/%n
SlurmdPidFile=$scratch/state/%n.pid
SlurmdLogFile=$scratch/log/%n.log
NodeName=${nodes[0]} NodeHostname=$host NodeAddr=$address Port=$(free_port $((base + 100))) CPUs=2 RealMemory=4000
NodeName=${nodes[1]} NodeHostname=$host NodeAddr=$address Port=$(free_port $((base + 200))) CPUs=2 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  echo 'CgroupPlugin=cgroup/v1' >"$scratch/etc/cgroup.conf"
  (umask 077 && head -c 128 /dev/urandom >"$scratch/munge/key")
}

idle_nodes() { sinfo --noheader --Node --states=idle 2>/dev/null | wc -l; }
all_idle() { [[ $(idle_nodes) == "${#nodes[@]}" ]]; }

start() {
  local node
  munged --key-file="$scratch/munge/key" --socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" \
    --log-file="$scratch/log/munged.log" --seed-file="$scratch/munge/seed"
  slurmctld
  for node in "${nodes[@]}"; do
    mkdir "$scratch/state/$node"
    # Tasks have this variable too, so that a node's processes can be told.
    SLURMD_NODENAME=$node slurmd -N "$node"
  done
  wait_until 'two idle nodes' all_idle
}

# --- jobs ------------------------------------------------------------------------------------------

# submit ARGUMENT OF submit.sh...: sets array and merge.
submit() {
  local jobs
  jobs=$(cd "$scratch/jobs" && ARRAY_OPTIONS='--cpus-per-task=2' "$deploy/submit.sh" "$@")
  array=$(awk '$1 == "array" { print $2 }' <<<"$jobs")
  merge=$(awk '$1 == "merge" { print $2 }' <<<"$jobs")
}

# field NAME JOB: of what scontrol shows of it; of an array, a line a task.
field() { scontrol --oneliner show job "$2" | grep -oP "(?<= $1=)\S+"; }

has_ended() { [[ -z $(squeue --noheader --jobs="$1" 2>/dev/null) ]]; }

# expect_states JOB "COUNT STATE..."
expect_states() {
  local states
  states=$(field JobState "$1" | sort | uniq -c | xargs)
  [[ $states == "$2" ]] || die "job $1: states $states, not $2"
}

merge_log() { cat "$scratch/jobs/slurm-$merge.out"; }

# same EXPECTED ACTUAL: the same names and bytes but for the manifests, and no temporary files.
same() {
  diff -r -x 'spectrohue-manifest*.jsonl' "$1" "$2" >&2 || die "$2 is not what one run writes"
  [[ -z $(find "$2" -mindepth 1 -name '.*') ]] || die "temporary files are left in $2"
}

# whole EXPECTED ACTUAL N: after submit, a conversion of N shards comes to a good end.
whole() {
  wait_until 'the array and the job that joins' has_ended "$array,$merge"
  expect_states "$array" "$3 COMPLETED"
  expect_states "$merge" '1 COMPLETED'
  grep -q ' 0 failed, 0 missing;' <(merge_log) || die "merge says: $(merge_log)"
  same "$1" "$2"
}

# --- the tests -------------------------------------------------------------------------------------

test_arrays() {
  submit encode "$sounds" "$scratch/array pictures" 5 "${options[@]}"
  whole "$scratch/pictures" "$scratch/array pictures" 5
  say "encoded by an array of 5: $(merge_log)"
  submit decode "$scratch/array pictures" "$scratch/array sounds" 4
  whole "$scratch/sounds" "$scratch/array sounds" 4
  say "decoded by an array of 4: $(merge_log)"
}

test_broken_file() {
  local failed
  mkdir "$scratch/with a broken file"
  cp "$sounds"/digits/*.wav "$scratch/with a broken file"
  echo 'no sound' >"$scratch/with a broken file/not one.wav"
  submit encode "$scratch/with a broken file" "$scratch/without it" 3
  wait_until 'the array and the job that joins' has_ended "$array,$merge"
  expect_states "$array" '2 COMPLETED 1 FAILED'
  expect_states "$merge" '1 FAILED'
  [[ $(field ExitCode "$merge") == 1:0 ]] || die "merge ended with $(field ExitCode "$merge")"
  failed=$(grep '^failed: ' <(merge_log))
  [[ $failed == 'failed: not one.wav: '* ]] || die "merge says: $(merge_log)"
  say "a broken file fails its task and the merge: $failed"
}

# The program in the place of spectrohue: in its first life shard 1 stops after some files, at a full pipe.
make_stalling_program() {
  cat >"$scratch/stalls" <<PROGRAM
#!/usr/bin/env bash
set -eu
if [[ \${SLURM_ARRAY_TASK_ID:-} == 1 && -z \${SLURM_RESTART_COUNT:-} ]]; then
  pipe='$scratch/pipe'
  mkfifo "\$pipe"
  exec 2<>"\$pipe"
  dd if=/dev/zero of="\$pipe" bs=4096 oflag=nonblock >/dev/null 2>'$scratch/jobs/dd.out' || true
  head -c 4096 "\$pipe" >/dev/null
  set -- "\$@" --verbose
fi
exec '$bin/spectrohue' "\$@"
PROGRAM
  chmod +x "$scratch/stalls"
}

n_done() { grep -c '"source"' "$1" 2>/dev/null || true; }

# The task has done some files, and no others in the last seconds.
has_stalled() {
  local before
  before=$(n_done "$1")
  ((${before:-0} > 0)) && sleep 2 && [[ $(n_done "$1") == "$before" ]]
}

test_node_failure() {
  local out="$scratch/pictures of a failing cluster" node before
  local manifest="$out/spectrohue-manifest.1-of-4.jsonl"
  make_stalling_program
  SPECTROHUE=$scratch/stalls submit encode "$sounds" "$out" 4 "${options[@]}"
  wait_until 'task 1 to stall' has_stalled "$manifest"
  node=$(field BatchHost "${array}_1")
  kill_all "SLURMD_NODENAME=$node" "$scratch/log/$node.log"
  before=$(n_done "$manifest")
  say "killed all of node $node when task 1 had done $before files"
  whole "$scratch/pictures" "$out" 4
  [[ $(field Restarts "${array}_1") == 1 ]] || die 'task 1 was not requeued'
  [[ $(field BatchHost "${array}_1") != "$node" ]] || die "task 1 ended on $node, which was killed"
  [[ $(n_skipped "$manifest") == "$before" ]] || die 'task 1 did not go on where it was'
  say "requeued on the other node and finished: $(merge_log)"
}

# What the last run of a manifest found done.
n_skipped() { grep '"run":' "$1" | tail -n 1 | grep -oP '(?<="skipped":)\d+'; }

configure
start
say 'two nodes are idle'
"$SPECTROHUE" encode "$sounds" -o "$scratch/pictures" "${options[@]}" -q
"$SPECTROHUE" decode "$scratch/pictures" -o "$scratch/sounds" -q
say 'converted by one run'
test_arrays
test_broken_file
test_node_failure
say 'passed'
