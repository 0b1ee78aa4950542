/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is held of one flow: a link of the lists in {@link ByteBudget}. One thread. */
final class FlowAccount {

  final Flow flow;

  /** Heap held, by all parsers of the flow and by what chooses among them. */
  long bytes;

  /** Whether the flow is followed no longer: nothing counts any more. */
  boolean closed;

  /** Which list it is in; -1 for none. */
  int sizeClass = -1;

  /** Whether it has held nothing for a moment since it came into its list. */
  boolean wasEmpty;

  @Nullable FlowAccount before;
  @Nullable FlowAccount behind;

  /** Parsers of what is carried inside the flow's messages; empty for most flows. */
  private List<AttachedMessages> messages = List.of();

  FlowAccount(Flow flow) {
    this.flow = flow;
  }

  /** Returns the parser of messages of this service, which begins when it is first asked for. */
  @Nullable MessageParser messages(Dispatcher dispatcher, Service wanted) {
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).service == wanted) {
        return messages.get(i);
      }
    }
    MessageProtocol protocol = dispatcher.parsers().message(wanted);
    if (protocol == null || closed) {
      return null;
    }
    AttachedMessages attached = new AttachedMessages(dispatcher, this, wanted);
    if (messages.isEmpty()) {
      messages = new ArrayList<>(2);
    }
    messages.add(attached);
    attached.begin(protocol);
    return attached;
  }

  /** Ends the parsers of messages: the flow is over. */
  void endMessages() {
    List<AttachedMessages> ending = messages;
    messages = List.of();
    for (int i = 0; i < ending.size(); i++) {
      ending.get(i).onFlowEnd();
    }
  }
}
