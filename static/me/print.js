/** The reminder prints from the browser's menu too; where scripts run there is a button. */
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
