/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** What a parser may ask and tell of the flow it follows. One thread. */
public interface Session {

  /** Returns the flow; its fields are read, not written. */
  Flow flow();

  /** Returns where the parser accounts for what it holds. */
  HeapAccount account();

  /** Returns the time of the packet at hand, nanoseconds since 1970. */
  long nowNs();

  /** Says that the protocol is certain: it is named in {@code conn.log} from now on. */
  void confirm(Service service);

  /**
   * As {@link #confirm}; the protocol is also named when the connection's beginning was not seen,
   * where it is one that {@code conn.log} does not name then because Zeek does not.
   */
  void confirmJoined(Service service);

  /**
   * Says that the originator was the one who answers: from the next packet on the ends have changed
   * places.
   */
  void exchangeRoles();

  /**
   * Shows text to the detections that does not stand in the payload as it is, such as a header
   * field that was compressed.
   *
   * @param text one character a byte
   */
  default void decoded(boolean fromOriginator, String text) {}

  /**
   * Notes a weird of the flow in {@code weird.log}, found by this protocol's parser: the source is
   * the analyzer's name. How often it is written says its name.
   *
   * @param name as Zeek names it: a constant
   * @param detail what exactly, or an empty text
   */
  void weird(String name, String detail);

  /**
   * As above, found by something else.
   *
   * @param source as Zeek names it: {@code CONTENTLINE}; empty for a script's
   */
  void weird(String name, String detail, String source);

  /**
   * As above, of no flow: what an analyzer's part found that does not know whose bytes it reads.
   * The record has neither id nor addresses nor source.
   */
  void weirdOfNobody(String name, String detail);

  /**
   * As above, of a file that was found inside.
   *
   * @param fuid the file's id, which the record has in {@code addl}, before {@code detail}
   */
  void weirdOfFile(String name, String fuid, String detail);

  /**
   * Gives up: what comes is not the protocol. Noted in {@code analyzer.log} when it was confirmed
   * before.
   *
   * @param reason one clause for a person
   */
  void violation(String reason);

  /**
   * As above.
   *
   * @param data the bytes that were not understood, or an empty text
   */
  void violation(String reason, String data);

  /**
   * Makes a parser for what is carried inside, or follows on the same connection: TLS behind
   * STARTTLS, whatever a proxy was asked for. The caller feeds it all it is to see, {@code
   * onFlowEnd} included.
   *
   * @return null when there is none for the service, or too many are inside one another
   */
  @Nullable StreamParser inner(Service service);

  /**
   * Returns the parser of the messages of a protocol that is carried inside: one for the flow, the
   * same for whoever asks. It ends with the flow, not with the caller.
   *
   * @return null when there is none for the service
   */
  @Nullable MessageParser messages(Service wanted);

  /**
   * Announces a connection of its own that one end is to open within minutes; what it carries is
   * led to {@code protocol}.
   *
   * @param originatorHigh upper half of the address that is to open it, as in {@link Flow}; 0 with
   *     a lower half of 0 for anyone
   */
  void expect(
      long originatorHigh,
      long originatorLow,
      long responderHigh,
      long responderLow,
      int responderPort,
      StreamProtocol protocol);

  /**
   * Makes a parser that first finds out what is carried inside, by content. Fed as {@link #inner}.
   */
  StreamParser innerByContent();
}
