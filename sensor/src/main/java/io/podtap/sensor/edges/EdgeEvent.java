/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

/** What one record says of its edge. */
sealed interface EdgeEvent {

  /**
   * A connection that has ended.
   *
   * @param sourceBytes payload of the originator
   * @param destinationBytes payload of the responder
   * @param handshakeNs from the SYN to its answer; 0 when that was not seen
   */
  record ConnectionEnded(
      EdgeOutcome outcome, long sourceBytes, long destinationBytes, long handshakeNs)
      implements EdgeEvent {}

  /**
   * An HTTP request.
   *
   * @param statusClass see {@link #classOf}
   * @param durationNs from the request to the end of its answer; negative when that is unknown
   */
  record RequestSeen(int statusClass, long durationNs) implements EdgeEvent {

    /**
     * Returns the class of a status: its first digit, 0 when it is negative, for no answer, and the
     * last class for numbers that are no status.
     */
    static int classOf(long status) {
      if (status < 0) {
        return 0;
      }
      return status >= 100 && status < 600 ? (int) (status / 100) : EdgeCounts.STATUS_CLASSES - 1;
    }
  }

  /**
   * A DNS question.
   *
   * @param rcode of the answer; {@link #NO_ANSWER} for none
   */
  record QuestionSeen(int rcode) implements EdgeEvent {
    static final int NO_ANSWER = -1;
  }
}
