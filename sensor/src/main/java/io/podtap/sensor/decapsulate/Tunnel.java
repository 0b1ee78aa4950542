package io.podtap.sensor.decapsulate;

/** Kinds of tunnel that monitored traffic may use itself. */
public enum Tunnel {
  /** Not a tunnel, or one that is not known or not in order. */
  NONE,
  /** IPv4 or IPv6 in IP. */
  IP,
  GRE,
  ERSPAN,
  VXLAN,
  GENEVE,
  GTP,
  TEREDO,
  AYIYA
}
