package io.podtap.sensor.detect;

/**
 * What each end of a flow may be speaking, by its first bytes: bits of services, 0 before the
 * first. One thread.
 */
public final class Guesses {

  long originator;
  long responder;

  /** Changes the ends: the originator was the one who answers. */
  public void exchange() {
    long former = originator;
    originator = responder;
    responder = former;
  }
}
