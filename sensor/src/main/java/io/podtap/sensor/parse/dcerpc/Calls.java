/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Session;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is called on one connection or pipe: interfaces by their context, the last request of each
 * context, and the record that a response makes of them. As in Zeek a response belongs to the last
 * request of its context. One thread.
 */
final class Calls {

  /** Heap of a context: the entry, its key, the interface and its identifier. */
  private static final long CONTEXT_BYTES = HeapSize.MAP_ENTRY + 16 + 24 + 2 * 80;

  /** Heap of the number of an operation. */
  private static final long OPERATION_BYTES = HeapSize.MAP_ENTRY + 32;

  private static final int CONTEXTS_MAX = 1_024;

  /** Operations that are too many and say too little. */
  private static final Map<String, String> IGNORED =
      Map.of(
          "winreg",
          " BaseRegCloseKey BaseRegGetVersion BaseRegOpenKey BaseRegQueryValue BaseRegDeleteKeyEx"
              + " OpenLocalMachine BaseRegEnumKey OpenClassesRoot ",
          "spoolss",
          " RpcSplOpenPrinter RpcClosePrinter ",
          "wkssvc",
          " NetrWkstaGetInfo ");

  private final DcerpcProtocol protocol;
  private final Session session;
  private final HeldHeap held;
  private final Map<Integer, Interfaces.Interface> contexts = new HashMap<>(4);
  private final Map<Integer, Integer> operations = new HashMap<>(4);
  private Interfaces.@Nullable Interface bound;
  private @Nullable String pipe;
  private long requestNs = LogSchema.UNSET;
  private long roundTripNs = LogSchema.UNSET;
  private @Nullable String endpoint;
  private @Nullable String operation;

  /** Whether something has been heard that no response has followed yet. */
  private boolean isOpen;

  /** Whether requests or responses are missing: then each response needs a request of its own. */
  private boolean isLossy;

  private boolean areTimesUnknown;
  private boolean isRequestTimeUnknown;

  Calls(DcerpcProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
  }

  /** Says whether it is unknown when the PDUs that follow came. */
  void timesUnknown(boolean unknown) {
    areTimesUnknown = unknown;
  }

  private void hear() {
    if (requestNs == LogSchema.UNSET) {
      requestNs = session.nowNs();
    }
    isOpen = true;
    if (bound != null) {
      endpoint = bound.name();
    }
  }

  /** Takes an interface that the client asks for under the number of a context. */
  void bind(int context, String uuid) {
    hear();
    Interfaces.Interface wanted = Interfaces.of(uuid);
    if (contexts.size() < CONTEXTS_MAX && contexts.put(context, wanted) == null) {
      held.add(CONTEXT_BYTES);
    }
    bound = wanted;
    endpoint = wanted.name();
  }

  /**
   * Takes the server's answer to that.
   *
   * @param address where it listens, or empty
   */
  void bound(String address) {
    hear();
    if (!address.isEmpty()) {
      held.grow(HeapSize.text(address));
      pipe = address;
    }
  }

  void request(int context, int number) {
    hear();
    requestNs = session.nowNs();
    isRequestTimeUnknown = areTimesUnknown;
    if ((operations.size() < CONTEXTS_MAX || operations.containsKey(context))
        && operations.put(context, number) == null) {
      held.add(OPERATION_BYTES);
    }
  }

  void response(int context) {
    hear();
    if (isLossy && !operations.containsKey(context)) {
      isOpen = false; // the request is missing
      return;
    }
    int number = operations.getOrDefault(context, 0);
    long nowNs = session.nowNs();
    Interfaces.Interface known = bound;
    if (endpoint == null && pipe != null) {
      bound = Interfaces.ofPipe(pipe); // for the next one: the bind was not seen
    } else if (endpoint != null && known != null) {
      operation = known.operation(number);
      if (areTimesUnknown || isRequestTimeUnknown) {
        roundTripNs = LogSchema.UNSET;
      } else if (nowNs != requestNs) {
        roundTripNs = nowNs - requestNs;
      }
    }
    Interfaces.Interface named = contexts.get(context);
    if (named != null) {
      endpoint = named.name();
      operation = named.operation(number);
    }
    write();
    isOpen = false;
    if (isLossy) {
      operations.remove(context);
      held.remove(OPERATION_BYTES);
    }
  }

  private void write() {
    String where = endpoint;
    String what = operation;
    if (where != null && what != null && !isIgnored(where, what)) {
      protocol.log.write(new DcerpcRow(session.flow(), requestNs, roundTripNs, pipe, where, what));
    }
  }

  private static boolean isIgnored(String where, String what) {
    return IGNORED.getOrDefault(where, "").contains(' ' + what + ' ');
  }

  /** Says that requests or responses are missing: those that wait belong to none that follows. */
  void miss() {
    isLossy = true;
    isOpen = false;
    for (int count = operations.size(); count > 0; count--) {
      held.remove(OPERATION_BYTES);
    }
    operations.clear();
  }

  /** Writes what Zeek writes of a connection that ends before a response: its last call again. */
  void end() {
    if (isOpen && !isLossy) {
      write();
    }
  }
}
