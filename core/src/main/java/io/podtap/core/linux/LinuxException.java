/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

/** The kernel said no: which call, with which arguments, why, and what to grant. */
public final class LinuxException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * States a failed call.
   *
   * @param call name and arguments as a reader of the C manual would write them
   * @param errno the positive error number
   */
  public LinuxException(String call, int errno) {
    this(call, errno, "");
  }

  /**
   * As above for a call that needs a privilege.
   *
   * @param capability what to grant when the kernel does not permit it, such as {@code
   *     CAP_NET_RAW}, or an empty text
   */
  public LinuxException(String call, int errno, String capability) {
    super(message(call, errno, capability));
    this.errno = errno;
  }

  private static String message(String call, int errno, String capability) {
    String text =
        call + ": " + Errno.meaning(errno) + " (" + Errno.name(errno) + ", " + errno + ")";
    if (isPrivilegeMissing(errno) && !capability.isEmpty()) {
      text += "; grant " + capability;
    }
    return text;
  }

  private static boolean isPrivilegeMissing(int errno) {
    return errno == Errno.EPERM || errno == Errno.EACCES;
  }

  /** Returns the positive error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** Returns whether a privilege is missing. */
  public boolean isPrivilegeMissing() {
    return isPrivilegeMissing(errno);
  }
}
