/** The sidecar: sees a pod's packets and sends a faithful copy to a sensor. */
module io.podtap.tap {
  requires info.picocli;
  requires io.podtap.core;
  requires static org.jspecify;

  exports io.podtap.tap;
  exports io.podtap.tap.command;
  exports io.podtap.tap.discover;
  exports io.podtap.tap.encapsulate;
  exports io.podtap.tap.ledger;
  exports io.podtap.tap.option;
  exports io.podtap.tap.policy;
  exports io.podtap.tap.segment;
  exports io.podtap.tap.send;
  exports io.podtap.tap.shed;
  exports io.podtap.tap.source;
  exports io.podtap.tap.start;

  opens io.podtap.tap.command to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.tap.command.TapCommand,
      io.podtap.tap.command.HoldCommand;
}
