using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "main",
    worker = (
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "remit.wasm", wasm = embed "remit.wasm"),
      ],
      compatibilityDate = "2026-10-01",
    ),
  )],
);
