/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import org.jspecify.annotations.Nullable;

/** The parser of datagrams, fed until it gives up; nothing that it throws gets out. One thread. */
final class AttachedDatagrams extends Attached implements DatagramParser {

  private @Nullable DatagramParser parser;

  AttachedDatagrams(Dispatcher dispatcher, FlowAccount account, Service service) {
    super(dispatcher, account, service, /* depth= */ 0);
  }

  void begin(DatagramProtocol protocol) {
    try {
      parser = protocol.begin(this);
    } catch (RuntimeException | StackOverflowError e) {
      broke(e);
    }
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (parser != null) {
      try {
        parser.onDatagram(fromOriginator, data);
      } catch (RuntimeException | StackOverflowError e) {
        broke(e);
      }
      if (hasFailed()) {
        onFlowEnd();
      }
    }
  }

  @Override
  public void onFlowEnd() {
    DatagramParser leaving = parser;
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
