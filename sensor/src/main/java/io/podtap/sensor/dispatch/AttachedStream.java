/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import org.jspecify.annotations.Nullable;

/** The parser of a stream, fed until it gives up; nothing that it throws gets out. One thread. */
final class AttachedStream extends Attached implements StreamParser {

  private @Nullable StreamParser parser;

  AttachedStream(Dispatcher dispatcher, FlowAccount account, Service service, int depth) {
    super(dispatcher, account, service, depth);
  }

  void begin(StreamProtocol protocol) {
    try {
      parser = protocol.begin(this);
    } catch (RuntimeException | StackOverflowError e) {
      broke(e);
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (parser != null) {
      try {
        parser.onData(fromOriginator, data);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      leaveIfFailed();
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (parser != null) {
      try {
        parser.onGap(fromOriginator, length);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      leaveIfFailed();
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (parser != null) {
      try {
        parser.onEnd(fromOriginator);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      leaveIfFailed();
    }
  }

  private void leaveIfFailed() {
    if (hasFailed()) {
      onFlowEnd();
    }
  }

  @Override
  public void onFlowEnd() {
    StreamParser leaving = parser;
    parser = null;
    if (leaving != null) {
      try {
        leaving.onFlowEnd();
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      giveBackAll();
    }
  }

  @Override
  void drop() {
    parser = null;
    giveBackAll();
  }
}
