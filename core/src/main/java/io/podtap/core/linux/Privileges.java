/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the calling thread may do, and giving up what it does not need.
 *
 * <p>In Linux a privilege is a thread's, and a new thread inherits its maker's. {@link #dropAllBut}
 * therefore works for the calling thread and for the threads made by it afterwards. Called first
 * thing in {@code main} it covers every thread that runs the program's own code; the virtual
 * machine's earlier threads (collector, compiler, signal dispatcher) keep what the process was
 * started with. This limits mistakes, it does not hold against foreign code in the process: for
 * that, start the process with few privileges (a container's security context, {@code setpriv
 * --bounding-set -all,+net_raw --inh-caps -all --no-new-privs}).
 *
 * @param userId the effective user
 * @param effective bit set of capabilities, bit numbers as in linux/capability.h
 * @param canMark whether SO_MARK is allowed, found by trying
 * @param noNewPrivileges whether no program started from here can gain any
 * @see "capabilities(7), capset(2), prctl(2)"
 */
public record Privileges(int userId, long effective, boolean canMark, boolean noNewPrivileges) {

  public static final int CAP_SETPCAP = 8;
  public static final int CAP_NET_BIND_SERVICE = 10;
  public static final int CAP_NET_ADMIN = 12;
  public static final int CAP_NET_RAW = 13;
  public static final int CAP_SYS_ADMIN = 21;

  private static final int CAPABILITIES_MAX = 63;
  private static final int CAPABILITY_VERSION_3 = 0x2008_0522;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

  /** Any mark but 0 shows whether marking is allowed. */
  private static final int PROBE_MARK = 1;

  /** Reads the calling thread's privileges. */
  public static Privileges read() {
    int userId = -1;
    long effective = 0;
    boolean noNewPrivileges = false;
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc/thread-self/status"), StandardCharsets.UTF_8)) {
        int end = line.indexOf('\t');
        String value = line.substring(end + 1);
        switch (line.substring(0, Math.max(end, 0))) {
          case "Uid:" -> userId = Integer.parseInt(value.split("\t", 3)[1]);
          case "CapEff:" -> effective = Long.parseUnsignedLong(value, 16);
          case "NoNewPrivs:" -> noNewPrivileges = value.equals("1");
          default -> {}
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted: " + e.getMessage(), e);
    }
    return new Privileges(userId, effective, probeMark(), noNewPrivileges);
  }

  private static boolean probeMark() {
    try (UdpSocket socket = UdpSocket.open(false)) {
      return socket.mark(PROBE_MARK);
    }
  }

  /** Returns whether a capability is held. */
  public boolean has(int capability) {
    return (effective >>> capability & 1) != 0;
  }

  /**
   * Gives up every capability but those named, for the calling thread and the threads it makes from
   * now on, and the way back ({@code no_new_privs}). What is not held is not gained.
   *
   * @return the privileges left
   */
  public static Privileges dropAllBut(int... capabilities) {
    long keep = 0;
    for (int capability : capabilities) {
      keep |= 1L << capability;
    }
    Privileges before = read();
    MemorySegment errno = Linux.errno();
    Linux.prctl(errno, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (before.has(CAP_SETPCAP)) { // the bounding set counts only when a program is started
      for (int capability = 0; capability <= CAPABILITIES_MAX; capability++) {
        if ((keep >>> capability & 1) == 0) {
          Linux.prctl(errno, PR_CAPBSET_DROP, capability, 0, 0, 0);
        }
      }
    }
    set(before.effective & keep);
    int result = Linux.prctl(errno, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (result < 0) {
      throw new LinuxException("prctl(PR_SET_NO_NEW_PRIVS)", -result);
    }
    return read();
  }

  private static void set(long capabilities) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocate(8, 4);
      header.set(JAVA_INT, 0, CAPABILITY_VERSION_3);
      MemorySegment data = arena.allocate(24, 4); // effective, permitted, inheritable; twice
      data.setAtIndex(JAVA_INT, 0, (int) capabilities);
      data.setAtIndex(JAVA_INT, 1, (int) capabilities);
      data.setAtIndex(JAVA_INT, 3, (int) (capabilities >>> 32));
      data.setAtIndex(JAVA_INT, 4, (int) (capabilities >>> 32));
      int result = Linux.capset(Linux.errno(), header, data);
      if (result < 0) {
        throw new LinuxException("capset(0x" + Long.toHexString(capabilities) + ")", -result);
      }
    }
  }

  /** Returns one line for a person: what a tap with these privileges may and may not do. */
  public String describe() {
    List<String> may = new ArrayList<>();
    List<String> mayNot = new ArrayList<>();
    (has(CAP_NET_RAW) ? may : mayNot).add("capture packets (CAP_NET_RAW)");
    (canMark ? may : mayNot).add("mark its own packets (SO_MARK)");
    (has(CAP_NET_ADMIN) ? may : mayNot)
        .add("exceed the system's socket buffer limits (CAP_NET_ADMIN)");
    (has(CAP_SYS_ADMIN) ? may : mayNot).add("administer the system (CAP_SYS_ADMIN)");
    return "user "
        + userId
        + (may.isEmpty() ? "" : ", may " + String.join(", ", may))
        + (mayNot.isEmpty() ? "" : "; may not " + String.join(", ", mayNot))
        + (noNewPrivileges ? "; cannot gain more" : "");
  }
}
