/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.link;

import io.podtap.core.linux.Errno;

/** Why a packet was not sent: names of counters, each counts packets. */
public enum FailureCause {
  /**
   * The path's MTU had shrunk, and shrank again or could not be learned while packets were cut
   * anew.
   */
  PATH_MTU,
  /** The kernel had no room. */
  SEND_BUFFER_FULL,
  /** Nobody listens at the sensor's port. */
  SENSOR_REFUSED,
  /** The sensor's host or network cannot be reached. */
  SENSOR_UNREACHABLE,
  /** A firewall or policy of this host. */
  NOT_PERMITTED,
  /** The stream's queue was full: sensor or network take less than there is. */
  QUEUE_FULL,
  /** The stream's queue was full, and there was no connection. */
  NO_CONNECTION,
  /** Still in a stream's queue when the tap, or the sensor's time, was over. */
  GIVEN_UP,
  OTHER;

  /** Returns the cause behind a positive error number. */
  public static FailureCause of(int errno) {
    return switch (errno) {
      case Errno.EMSGSIZE, Errno.EINVAL -> PATH_MTU;
      case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> SEND_BUFFER_FULL;
      case Errno.ECONNREFUSED -> SENSOR_REFUSED;
      case Errno.EHOSTUNREACH, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.ENETDOWN, Errno.ENODEV ->
          SENSOR_UNREACHABLE;
      case Errno.EPERM, Errno.EACCES -> NOT_PERMITTED;
      default -> OTHER;
    };
  }
}
