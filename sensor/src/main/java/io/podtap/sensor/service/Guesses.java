/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.service;

import io.podtap.sensor.flow.ServiceSet;

/** What each end of a flow may be speaking, by its first bytes. One thread. */
public final class Guesses {

  ServiceSet originator = ServiceSet.EMPTY;
  ServiceSet responder = ServiceSet.EMPTY;

  /** Whether an end's bytes were looked at: without a guess they are nothing that is known. */
  boolean originatorHeard;

  boolean responderHeard;

  /** Changes the ends: the originator was the one who answers. */
  public void exchange() {
    ServiceSet former = originator;
    originator = responder;
    responder = former;
    boolean formerHeard = originatorHeard;
    originatorHeard = responderHeard;
    responderHeard = formerHeard;
  }
}
