import { ChevronDownIcon, DropdownMenu, pick, useGraphiQL } from "@graphiql/react";
import { Fragment } from "react";

import { EXAMPLES } from "./examples.js";
import { useExample } from "./useExample.js";

/** Opens an example in a tab and runs it. `onOpen` is told. */
export function ExampleMenu({ onOpen }) {
  const { queryEditor, schema } = useGraphiQL(pick("queryEditor", "schema"));
  const open = useExample();

  function pickExample(document) {
    onOpen();
    open(document);
  }

  return (
    <DropdownMenu>
      <DropdownMenu.Button className="button" disabled={!queryEditor || !schema}>
        Examples <ChevronDownIcon aria-hidden="true" />
      </DropdownMenu.Button>
      <DropdownMenu.Content className="example-menu">
        {EXAMPLES.map(({ name, examples }) => (
          <Fragment key={name}>
            <div className="example-group">{name}</div>
            {examples.map(({ title, kind, document }) => (
              <DropdownMenu.Item key={title} onSelect={() => pickExample(document)}>
                {title} <span className="example-kind">{kind}</span>
              </DropdownMenu.Item>
            ))}
          </Fragment>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu>
  );
}
