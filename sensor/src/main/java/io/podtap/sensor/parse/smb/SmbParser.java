/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;

/**
 * Follows one SMB connection. What is encrypted or compressed is passed over, message by message;
 * after a gap it goes on with the next message. One thread.
 */
final class SmbParser implements StreamParser {

  /** Segments that must have been understood for Zeek to be sure of the protocol. */
  private static final int SEGMENTS_MIN = 3;

  private static final int VERSION_1 = 0xFF;
  private static final int VERSION_2 = 0xFE;

  private final Session session;
  private final SmbState state;
  private final Smb1Messages version1;
  private final Smb2Messages version2;
  private final Frames client;
  private final Frames server;
  private int segments;
  private boolean hasMessage;
  private boolean confirmed;
  private boolean over;

  SmbParser(SmbProtocol protocol, Session session) {
    this.session = session;
    this.state = new SmbState(protocol, session);
    this.version1 = new Smb1Messages(state);
    this.version2 = new Smb2Messages(state);
    this.client = new Frames(session.account());
    this.server = new Frames(session.account());
    if (session.flow().partial) {
      client.again.begin();
      server.again.begin();
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Frames frames = fromOriginator ? client : server;
    Payload bytes = data;
    if (over) {
      return;
    }
    if (frames.again.beginSegment()) {
      Payload found = frames.again.find(data);
      if (found == null) {
        return;
      }
      bytes = found;
    }
    while (!bytes.isEmpty() && !over) {
      Payload head = frames.next(bytes);
      if (head != null && !frames.isOther()) {
        message(fromOriginator, frames, head);
      }
    }
    segments++;
    if (segments >= SEGMENTS_MIN && hasMessage && !confirmed) {
      confirmed = true;
      session.confirmJoined(SmbProtocol.SERVICE);
    }
  }

  private void message(boolean fromOriginator, Frames frames, Payload head) {
    if (!head.has(1, "SMB")) {
      if (!hasMessage) {
        over = true;
        session.violation("message that is not SMB");
      }
      return;
    }
    hasMessage = true;
    switch (head.u8(0)) {
      case VERSION_1 -> version1.read(fromOriginator, frames, head);
      case VERSION_2 -> version2.read(frames, head);
      default -> {} // encrypted or compressed
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    (fromOriginator ? client : server).gap(length);
  }

  @Override
  public void onFlowEnd() {
    state.end();
  }
}
