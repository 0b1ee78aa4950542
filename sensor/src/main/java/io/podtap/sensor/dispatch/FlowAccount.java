package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
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

  @Nullable FlowAccount before;
  @Nullable FlowAccount behind;

  FlowAccount(Flow flow) {
    this.flow = flow;
  }
}
