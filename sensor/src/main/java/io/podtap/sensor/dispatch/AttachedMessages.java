/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import org.jspecify.annotations.Nullable;

/**
 * The parser of messages inside those of others, fed until it gives up; nothing that it throws gets
 * out. One thread.
 */
final class AttachedMessages extends Attached implements MessageParser {

  private @Nullable MessageParser parser;

  AttachedMessages(Dispatcher dispatcher, FlowAccount account, Service service) {
    super(dispatcher, account, service, /* depth= */ 0);
  }

  void begin(MessageProtocol protocol) {
    try {
      parser = protocol.begin(this);
    } catch (RuntimeException | StackOverflowError e) {
      broke(e);
    }
  }

  @Override
  public void onMessage(boolean fromOriginator, Payload message) {
    if (parser != null) {
      try {
        parser.onMessage(fromOriginator, message);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      if (hasFailed()) {
        onFlowEnd();
      }
    }
  }

  @Override
  public void onLoginEnd(boolean accepted) {
    if (parser != null) {
      try {
        parser.onLoginEnd(accepted);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
    }
  }

  @Override
  public void onFlowEnd() {
    MessageParser leaving = parser;
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
