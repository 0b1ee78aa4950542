/** The sidecar: sees a pod's packets and sends a faithful copy to a sensor. */
module io.podtap.tap {
  requires info.picocli;
  requires io.podtap.core;
  requires static org.jspecify;

  exports io.podtap.tap;

  opens io.podtap.tap to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.tap.TapCommand;
}
