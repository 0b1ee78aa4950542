/** Puts taps into workloads: a pure function, carried by files and by an admission webhook. */
module io.podtap.injector {
  requires info.picocli;
  requires io.podtap.core;
  requires io.podtap.tap;
  requires java.net.http;
  requires org.snakeyaml.engine;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports io.podtap.injector;

  opens io.podtap.injector to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.injector.AttachCommand,
      io.podtap.injector.CheckCommand,
      io.podtap.injector.InjectCommand,
      io.podtap.injector.UninjectCommand,
      io.podtap.injector.WebhookCommand;
}
