/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

/**
 * Moves the calling thread into another network namespace.
 *
 * <p>In Linux the namespace is a thread's, and a new thread inherits its maker's. So a process can
 * serve several namespaces with a thread each; a socket stays where it was opened. {@code
 * /proc/net} and {@code /sys/class/net} do not follow the thread.
 *
 * @see "setns(2), network_namespaces(7)"
 */
public final class NetworkNamespaces {

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x4000_0000;

  private NetworkNamespaces() {}

  /**
   * Moves the calling thread, for good.
   *
   * @param path a namespace file: {@code /run/netns/NAME}, {@code /proc/PID/ns/net}
   * @throws LinuxException when the file is missing or {@code CAP_SYS_ADMIN} is not held
   */
  public static void enter(String path) {
    try (Descriptor namespace = Descriptor.open(path, O_RDONLY_CLOEXEC)) {
      int result = Linux.setns(namespace.errno(), namespace.fd(), CLONE_NEWNET);
      if (result < 0) {
        throw new LinuxException("setns(" + path + ", CLONE_NEWNET)", -result, "CAP_SYS_ADMIN");
      }
    }
  }
}
