/** The sidecar: sees a pod's packets and sends a faithful copy to a sensor. */
module io.podtap.tap {
  requires info.picocli;
  requires io.podtap.core;
  requires jdk.net;
  requires static org.jspecify;

  exports io.podtap.tap;
  exports io.podtap.tap.discover;

  opens io.podtap.tap to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.tap.TapCommand,
      io.podtap.tap.HoldCommand;
}
