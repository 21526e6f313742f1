// The page's policy lets style elements in by the nonce that the server wrote into the page, a new one each time. Monaco
// makes such elements and has no setting for a nonce, so each gets it when it is made. Import this before anything else.
const nonce = document.querySelector("meta[property=csp-nonce]")?.nonce;
const createElement = document.createElement;

if (nonce) {
  document.createElement = function (name, options) {
    const element = createElement.call(this, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
