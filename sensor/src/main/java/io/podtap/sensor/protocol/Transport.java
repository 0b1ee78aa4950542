package io.podtap.sensor.protocol;

/** What carries a protocol. */
public enum Transport {
  TCP,
  UDP
}
