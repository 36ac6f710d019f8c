const groups = await (await fetch("/api/roots")).json();
const list = document.createElement("ul");
for (const name of Object.keys(groups)) list.appendChild(document.createElement("li")).textContent = name;
document.getElementById("main").append(list);
