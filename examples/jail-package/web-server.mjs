/** A web server in front of a directory of the host: what nginx would be on a real one. */
import { createServer } from "node:http";

/** `read` gives the content of a file, or throws when it is not there. */
export async function startWebServer(read) {
  const server = createServer((request, response) => {
    try {
      const bytes = read(request.url.slice(1));
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    urlOf: (name) => `${url}/${name}`,
    download: async (name) => {
      const response = await fetch(`${url}/${name}`);
      if (!response.ok) throw new Error(`${url}/${name}: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
