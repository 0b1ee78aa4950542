/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A control group of our own for a program: what it gets of busy CPUs, and the share of one that it
 * is held to, as by a container's request and limit.
 *
 * <p>Uses the cpu controller where it is: version 1, mounted or to be mounted here for as long as
 * this lives, or version 2.
 */
final class CpuLimit implements AutoCloseable {

  private static final long PERIOD_MICROSECONDS = 100_000;

  // cpu.shares of version 1, and what the kubelet makes of them in version 2.
  private static final long SHARES_PER_CPU = 1_024;
  private static final long SHARES_MIN = 2;
  private static final long SHARES_MAX = 262_142;
  private static final long WEIGHT_MAX = 9_999;

  private static final int WAITS_MAX = 50;
  private static final int WAIT_MILLISECONDS = 20;

  private final Path group;
  private final Path mounted;

  private CpuLimit(Path group, Path mounted) {
    this.group = group;
    this.mounted = mounted;
  }

  /**
   * Makes a group, weighed as the kubelet does it.
   *
   * @param role a word for the group's name
   * @param request CPUs; 0.25 is a quarter of one
   * @param limit CPUs
   */
  static CpuLimit create(String role, double request, double limit) throws IOException {
    long quota = Math.round(limit * PERIOD_MICROSECONDS);
    long shares = Math.max(SHARES_MIN, (long) (request * SHARES_PER_CPU));
    String name = "podtap-bench-" + role + "-" + ProcessHandle.current().pid();
    Path none = Path.of("");
    for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
      String[] fields = line.split(" ", -1);
      if (fields[2].equals("cgroup") && List.of(fields[3].split(",", -1)).contains("cpu")) {
        return version1(new CpuLimit(Path.of(fields[1], name), none), shares, quota);
      }
      Path controllers = Path.of(fields[1], "cgroup.controllers");
      if (fields[2].equals("cgroup2")
          && List.of(Files.readString(controllers).strip().split(" ", -1)).contains("cpu")) {
        Files.writeString(Path.of(fields[1], "cgroup.subtree_control"), "+cpu");
        CpuLimit made = new CpuLimit(Path.of(fields[1], name), none);
        Files.createDirectory(made.group);
        long weight = 1 + (shares - SHARES_MIN) * WEIGHT_MAX / SHARES_MAX;
        Files.writeString(made.group.resolve("cpu.weight"), Long.toString(weight));
        Files.writeString(made.group.resolve("cpu.max"), quota + " " + PERIOD_MICROSECONDS);
        return made;
      }
    }
    Path mount = Files.createTempDirectory("podtap-bench-cgroup");
    Commands.run("mount", "-t", "cgroup", "-o", "cpu", "cgroup", mount.toString());
    return version1(new CpuLimit(mount.resolve(name), mount), shares, quota);
  }

  private static CpuLimit version1(CpuLimit made, long shares, long quota) throws IOException {
    Files.createDirectory(made.group);
    Files.writeString(made.group.resolve("cpu.shares"), Long.toString(shares));
    Files.writeString(made.group.resolve("cpu.cfs_period_us"), Long.toString(PERIOD_MICROSECONDS));
    Files.writeString(made.group.resolve("cpu.cfs_quota_us"), Long.toString(quota));
    return made;
  }

  /** Returns a shell's first words that move it into this group. */
  String enter() {
    return "echo $$ > " + group.resolve("cgroup.procs") + " && ";
  }

  private boolean isEmpty() throws IOException {
    return Files.readString(group.resolve("cgroup.procs")).isEmpty();
  }

  /** Removes the group; the processes in it have been ended. */
  @Override
  public void close() throws IOException {
    for (int i = 0; !isEmpty() && i < WAITS_MAX; i++) {
      Testbed.pause(WAIT_MILLISECONDS);
    }
    Files.deleteIfExists(group);
    if (!mounted.toString().isEmpty()) {
      Commands.run("umount", mounted.toString());
      Files.deleteIfExists(mounted);
    }
  }
}
